import type { LookResult } from '../model/look.ts'
import { type KeySource, keysIn } from '../steps/identity/key-source.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'

const LARGEST_BYTES = 64 * 1024
const TIMEOUT_SECONDS = 20

/** curl's exit codes that a person can act on. Source: curl(1), EXIT CODES */
const CURL_WORDS: ReadonlyMap<number, string> = new Map([
  [5, 'the name of the proxy is not known'],
  [6, 'the name is not known; is this machine online?'],
  [7, 'nothing answers there; is this machine online?'],
  [22, 'the server has no such page'],
  [28, 'it took too long'],
  [35, 'the connection could not be secured'],
  [60, 'its certificate is not to be trusted, or the clock of this machine is wrong'],
  [63, 'it is too long for a list of keys'],
])

/** The SSH keys of a file or of an https address. By curl, which knows the CAs of the live system, and its
 *  proxy where `proxy` is null; else `http://proxy.example:3128`. */
export async function findKeys(system: System, source: KeySource, proxy: string | null = null): Promise<LookResult> {
  const text = source.kind === 'file' ? await system.readText(source.path) : await fetchText(system, source.url, proxy)
  if (text === null) {
    const path = source.kind === 'file' ? source.path : source.name
    return nothing('key-file-unreadable', `${path} cannot be read`, 'check the path')
  }
  if (typeof text !== 'string') {
    const name = source.kind === 'file' ? source.path : source.name
    return nothing('keys-not-fetched', `${name} could not be fetched: ${text.reason}`, 'type or paste the key instead')
  }
  const { keys, refusedCount, firstRefusal } = keysIn(text)
  const name = source.kind === 'file' ? source.path : source.name
  const refused =
    firstRefusal === null
      ? []
      : [`${refusedCount} ${refusedCount === 1 ? 'line is' : 'lines are'} passed over: ${firstRefusal.message}`]
  if (keys.length === 0) return { ...nothing('no-keys-found', `${name} holds no SSH key`), unknown: refused }
  return { problems: [], good: [], unknown: refused, found: keys }
}

async function fetchText(
  system: System,
  url: string,
  proxy: string | null,
): Promise<string | { readonly reason: string }> {
  const limits = ['--max-time', String(TIMEOUT_SECONDS), '--max-filesize', String(LARGEST_BYTES)]
  const safe = ['--proto', '=https', '--proto-redir', '=https', '--location', '--max-redirs', '3']
  const { exitCode, stdout } = await system.query(
    programs.curl,
    ['--fail', '--silent', ...safe, ...limits, '--', url],
    {
      okExitCodes: Array.from({ length: 128 }, (_, code) => code),
      timeoutMs: (TIMEOUT_SECONDS + 5) * 1000,
      proxy,
    },
  )
  return exitCode === 0 ? stdout : { reason: CURL_WORDS.get(exitCode) ?? `curl ended with code ${exitCode}` }
}

function nothing(code: string, message: string, hint?: string): LookResult {
  return {
    problems: [{ code, path: ['identity', 'sshKeys'], message, ...(hint !== undefined && { hint }) }],
    good: [],
    unknown: [],
    found: [],
  }
}
