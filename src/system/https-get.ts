import { request } from 'node:https'
import { checkServerIdentity } from 'node:tls'
import type { Secret } from '../model/secret.ts'

/** How the other side proves who it is. Without a CA nothing secret is sent: the type has no place for it. */
export type Trust =
  | { readonly ca: string; readonly bearer?: Secret }
  /** Anybody may answer; the caller judges what came by a pin of its own. */
  | 'anybody'

export type HttpsAnswer =
  | { readonly status: number; readonly body: string }
  /** `ECONNREFUSED`, `ETIMEDOUT`, `ENOTFOUND`, `UNABLE_TO_VERIFY_LEAF_SIGNATURE`, …: Node's code. */
  | { readonly error: string }

const LARGEST_BODY = 1024 * 1024

/** One GET, no redirects, no proxy. Never throws for what the network does. */
export function httpsGet(url: string, trust: Trust, timeoutMs: number): Promise<HttpsAnswer> {
  return new Promise((resolve) => {
    const isAnybody = trust === 'anybody'
    const bearer = isAnybody ? undefined : trust.bearer
    const outgoing = request(
      url,
      {
        agent: false,
        timeout: timeoutMs,
        signal: AbortSignal.timeout(timeoutMs),
        headers: { accept: 'application/json', ...(bearer && { authorization: `Bearer ${bearer.reveal()}` }) },
        ...(isAnybody ? { rejectUnauthorized: false } : { ca: trust.ca, checkServerIdentity }),
      },
      (incoming) => {
        let body = ''
        incoming.setEncoding('utf8')
        incoming.on('data', (part: string) => {
          body += part
          if (body.length > LARGEST_BODY) incoming.destroy(Object.assign(new Error(), { code: 'TOO_LARGE' }))
        })
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body }))
        incoming.on('error', (error) => resolve({ error: codeOf(error) }))
      },
    )
    outgoing.on('timeout', () => outgoing.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })))
    outgoing.on('error', (error) => resolve({ error: codeOf(error) }))
    outgoing.end()
  })
}

function codeOf(error: Error & { code?: unknown }): string {
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'ETIMEDOUT'
  return typeof error.code === 'string' ? error.code : error.name
}
