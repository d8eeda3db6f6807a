import { dateHeader } from '../hardware/network-probes.ts'
import type { NetworkAnswers } from '../model/answers.ts'
import { CommandError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { Findings, NetworkHands } from './network-look.ts'

/** Most of what an install downloads comes from here. */
export const DOWNLOAD_HOST = 'cache.nixos.org'
const NAME_TIMEOUT_MS = 4000
const DOWNLOAD_TIMEOUT_S = '10'
/** Certificates are refused when the clock is far off; this much is told. */
const LARGEST_SKEW_MS = 5 * 60_000

/** The server was there and said no; the other codes of c-ares mean that nobody answered. */
const ANSWERS: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'EREFUSED', 'ESERVFAIL', 'ENOTIMP', 'EFORMERR'])

/** Asks each name server, or with DHCP those of the live system. Gives an address of the download host, if one is known. */
export async function checkNames(
  { nameservers }: Pick<NetworkAnswers, 'nameservers'>,
  { lookUp }: NetworkHands,
  findings: Findings,
): Promise<string | null> {
  const servers = nameservers.length > 0 ? nameservers : [null]
  const answers = await Promise.all(servers.map((server) => lookUp(DOWNLOAD_HOST, server, NAME_TIMEOUT_MS)))
  let address: string | null = null
  for (const [index, answer] of answers.entries()) {
    const server = servers[index]
    const who = server === null ? 'the name server of this network' : `the name server ${server}`
    if ('addresses' in answer) {
      address ??= answer.addresses[0] ?? null
      findings.good(`${who} answers`)
    } else if (ANSWERS.has(answer.error)) {
      const hint = 'it may know local names only; add one that knows the internet'
      findings.problem('nameservers', 'name-not-found', `${who} answers, but does not find ${DOWNLOAD_HOST}`, hint)
    } else {
      const hint = 'check its address; without a name server nothing can be downloaded'
      findings.problem('nameservers', 'nameserver-silent', `${who} does not answer`, hint)
    }
  }
  return address
}

/** Reaches the download host, by the proxy if there is one, and holds its clock against ours. `address`: as the chosen name
 *  servers know it; the live system may have none of its own. */
export async function checkClock(
  { proxy }: Pick<NetworkAnswers, 'proxy'>,
  address: string | null,
  { system }: NetworkHands,
  findings: Findings,
): Promise<void> {
  if (proxy === null && address === null) {
    findings.unknown('the clock was not compared: nothing outside could be reached')
    return
  }
  const way =
    proxy === null
      ? ['--noproxy', '*', '--resolve', `${DOWNLOAD_HOST}:80:${bracketed(address ?? '')}`]
      : ['--proxy', proxy]
  try {
    const args = [
      '-q',
      '--silent',
      '--head',
      '--max-time',
      DOWNLOAD_TIMEOUT_S,
      ...way,
      `http://${DOWNLOAD_HOST}/nix-cache-info`,
    ]
    const { stdout } = await system.query(programs.curl, args, { timeoutMs: 15_000 })
    findings.good(`downloads from ${DOWNLOAD_HOST} work${proxy === null ? '' : ' by the proxy'}`)
    tellSkew(dateHeader(stdout), system.now(), findings)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    const hint = 'an install that has to download something would fail'
    if (proxy === null)
      findings.problem(null, 'download-unreachable', `downloads from ${DOWNLOAD_HOST} do not work`, hint)
    else findings.problem('proxy', 'proxy-silent', `the proxy ${proxy} does not lead to ${DOWNLOAD_HOST}`, hint)
    findings.unknown('the clock was not compared: nothing outside could be reached')
  }
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}

function tellSkew(there: Date | null, here: Date, findings: Findings): void {
  if (there === null) {
    findings.unknown(`the clock was not compared: ${DOWNLOAD_HOST} did not say the time`)
    return
  }
  const skewMs = here.getTime() - there.getTime()
  if (Math.abs(skewMs) <= LARGEST_SKEW_MS) {
    findings.good('the clock is right')
    return
  }
  const direction = skewMs > 0 ? 'ahead' : 'behind'
  const time = there.toISOString().slice(0, 19)
  findings.problem(
    null,
    'clock-skew',
    `the clock of this machine is ${durationWords(Math.abs(skewMs))} ${direction}; certificates would be refused`,
    `set it in the shell of Alt+F2 (date -u -s ${time})`,
  )
}

function durationWords(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 120) return `${minutes} minutes`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`
}
