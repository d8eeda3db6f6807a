import { Resolver } from 'node:dns/promises'

export type NameAnswer =
  | { readonly addresses: readonly string[] }
  /** `ENOTFOUND` and `ENODATA` are answers, too; `ETIMEOUT` and `ECONNREFUSED` are none. */
  | { readonly error: string }

/** Asks one name server for the addresses of a name, or the system's own when `server` is null. Never throws for what the
 *  network does. */
export async function lookUpName(name: string, server: string | null, timeoutMs: number): Promise<NameAnswer> {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 })
  if (server !== null) resolver.setServers([server])
  const ask = (question: Promise<string[]>): Promise<NameAnswer> =>
    question.then(
      (addresses) => ({ addresses }),
      (error: { code?: unknown }) => ({ error: typeof error.code === 'string' ? error.code : 'EUNKNOWN' }),
    )
  const four = await ask(resolver.resolve4(name))
  if ('addresses' in four || four.error !== 'ENODATA') return four
  return ask(resolver.resolve6(name))
}
