import { answeringMac, duplicateState, isNeighbourThere } from '../hardware/network-probes.ts'
import type { NetworkInterface } from '../model/hardware.ts'
import { CommandError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { Findings, NetworkHands } from './network-look.ts'
import type { TrialNetwork } from './trial-network.ts'

const IP_TIMEOUT_MS = 5000
/** The kernel searches for a duplicate for one to two seconds. RFC 4862, section 5.4. */
const SEARCH_PAUSE_MS = 250
const SEARCH_ROUNDS = 16

/** Whether another machine on the link has the IPv4 address (RFC 5227). It needs no address of our own. */
export async function checkDuplicate4(
  address: string,
  link: string,
  own: readonly NetworkInterface[],
  { system }: NetworkHands,
  findings: Findings,
): Promise<boolean> {
  const ip = address.split('/')[0] ?? ''
  try {
    const { exitCode, stdout } = await system.query(programs.arping, ['-D', '-I', link, '-c', '2', '-w', '3', ip], {
      okExitCodes: [0, 1],
      timeoutMs: 8000,
    })
    const mac = answeringMac(stdout)
    // Two cables of this machine in one switch: Linux answers for all its addresses on both.
    if (exitCode === 0 || own.some((one) => one.mac === mac)) {
      findings.good(`no other machine has ${ip}`)
      return true
    }
    tellTaken('address', ip, mac, findings)
    return false
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    findings.unknown(`whether another machine has ${ip} could not be seen`)
    return true
  }
}

/** The same for an IPv6 address that was just added: the kernel itself has searched. */
export async function checkDuplicate6(
  address: string,
  link: string,
  { system, pause }: NetworkHands,
  findings: Findings,
): Promise<boolean> {
  const ip = address.split('/')[0] ?? ''
  const shown = plainAddress(ip)
  for (let round = 0; round < SEARCH_ROUNDS; round++) {
    const { stdout } = await system.query(programs.ip, ['-6', '-j', 'address', 'show', 'dev', link], {
      timeoutMs: IP_TIMEOUT_MS,
    })
    const state = duplicateState(stdout, shown)
    if (state === 'taken') tellTaken('address6', ip, null, findings)
    else if (state === 'free') findings.good(`no other machine has ${ip}`)
    if (state !== 'searching') return state === 'free' || state === null
    await pause(SEARCH_PAUSE_MS)
  }
  findings.unknown(`whether another machine has ${ip} could not be seen`)
  return true
}

/** As `ip` prints it: `fd00:0:0::2` is shown as `fd00::2`. */
function plainAddress(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1)
}

function tellTaken(key: string, address: string, mac: string | null, findings: Findings): void {
  const who = mac === null ? 'another machine' : `another machine, with the MAC address ${mac},`
  findings.problem(key, 'address-in-use', `${who} uses ${address} already`, 'choose another address')
}

/** Whether the gateway is there. Some do not answer pings, but each must say where it is on the link. */
export async function checkGateway(
  key: string,
  gateway: string,
  trial: TrialNetwork,
  { system }: NetworkHands,
  findings: Findings,
): Promise<void> {
  const { link } = trial
  try {
    const ping = await system.query(programs.ping, ['-n', '-c', '2', '-W', '2', '-I', link, gateway], {
      okExitCodes: [0, 1, 2],
      timeoutMs: 10_000,
    })
    const isThere =
      ping.exitCode === 0 ||
      isNeighbourThere(
        (await system.query(programs.ip, ['-j', 'neigh', 'show', gateway, 'dev', link], { timeoutMs: IP_TIMEOUT_MS }))
          .stdout,
      )
    if (!isThere) {
      const hint = 'check the cable and the address of your router'
      findings.problem(key, 'gateway-silent', `the gateway ${gateway} does not answer on ${link}`, hint)
      return
    }
    findings.good(`the gateway ${gateway} answers`)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    findings.unknown(`whether the gateway ${gateway} answers could not be seen`)
    return
  }
  await trial.addGateway(gateway)
}
