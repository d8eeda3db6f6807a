import { readInterfaces } from '../hardware/network.ts'
import type { NetworkAnswers } from '../model/answers.ts'
import type { NetworkInterface } from '../model/hardware.ts'
import type { LookResult } from '../model/look.ts'
import { isLinkLocal } from '../steps/network/ip.ts'
import { ANY_INTERFACE } from '../steps/network/link-rules.ts'
import { CommandError } from '../system/errors.ts'
import { checkDuplicate4, checkDuplicate6, checkGateway } from './check-addresses.ts'
import { checkClock, checkNames } from './check-names.ts'
import { type Findings, gatherFindings, type NetworkHands } from './network-look.ts'
import { startTrial, type TrialNetwork } from './trial-network.ts'

/** Tries what was answered on the live system, before any disk is touched: the cable, duplicates of the address, the gateway,
 *  the name servers, the clock. An address or VLAN that the live system does not have is put on it while it is tried, and
 *  taken back. Nothing found here stops an install. Takes up to half a minute where nobody answers. */
export async function checkNetwork(network: NetworkAnswers, hands: NetworkHands): Promise<LookResult> {
  const findings = gatherFindings()
  const links = (await readInterfaces(hands.system)).value.interfaces
  checkCables(network, links, findings)
  const live = links.find(({ name }) => name === network.interface)
  const why = whyNotTried(network, live, hands)
  if (network.mode === 'static' && why === null && live) {
    await tryStatic(network, live, links, hands, findings)
  } else {
    if (why === null) checkDhcp(network, links, findings)
    else findings.unknown(why)
    await checkOutside(network, hands, findings)
  }
  return findings.result()
}

function checkCables(network: NetworkAnswers, links: readonly NetworkInterface[], findings: Findings): void {
  const isAny = network.interface === ANY_INTERFACE
  const names = network.bond?.interfaces ?? (isAny ? [] : [network.interface])
  const wired = links.filter(({ name, isWireless }) => !isWireless && (isAny || names.includes(name)))
  const without = wired.filter(({ hasCarrier }) => hasCarrier === false)
  const key = network.bond ? 'bondInterfaces' : 'interface'
  if (isAny && without.length === wired.length && wired.length > 0) {
    findings.problem(key, 'no-carrier', 'no wired interface has a cable with something at its other end')
  }
  for (const { name, hasCarrier } of isAny ? [] : wired) {
    const hint = 'it may be plugged in later'
    if (hasCarrier === false)
      findings.problem(key, 'no-carrier', `there is no cable in ${name}, or nothing at its other end`, hint)
    else if (hasCarrier === true) findings.good(`there is a cable in ${name}`)
    else findings.unknown(`whether ${name} has a cable cannot be seen, it is turned off in the live system`)
  }
}

/** Null: what is answered can be looked at on the live system. */
function whyNotTried(
  network: NetworkAnswers,
  live: NetworkInterface | undefined,
  { mayTry }: NetworkHands,
): string | null {
  if (network.wifi) return 'a wireless network is tried by the installed system only'
  const isStatic = network.mode === 'static'
  const what = isStatic ? 'the address was not tried' : 'DHCP was not tried'
  if (network.bond) return `${what}: a bond is made by the installed system only`
  if (!isStatic) return network.vlan === null ? null : `${what}: a VLAN with DHCP is tried by the installed system only`
  if (!mayTry) return `${what}: a dry run changes nothing`
  return live?.hasCarrier === true ? null : `${what}: it needs a cable`
}

function checkDhcp(network: NetworkAnswers, links: readonly NetworkInterface[], findings: Findings): void {
  const isAny = network.interface === ANY_INTERFACE
  const mine = links.filter(({ name, isWireless }) => (isAny ? !isWireless : name === network.interface))
  for (const { name, addresses, hasCarrier } of mine) {
    const useful = addresses.filter((address) => !isLinkLocal(address.split('/')[0] ?? ''))
    if (useful.length > 0) findings.good(`the address of ${name} is ${useful.join(' and ')} now`)
    else if (hasCarrier === true) {
      const hint = 'check that a router gives addresses on that cable, or set a static address'
      findings.problem('interface', 'no-address', `there is a cable in ${name}, but no address came by it`, hint)
    }
  }
}

async function tryStatic(
  network: NetworkAnswers,
  live: NetworkInterface,
  links: readonly NetworkInterface[],
  hands: NetworkHands,
  findings: Findings,
): Promise<void> {
  let trial: TrialNetwork
  try {
    trial = await startTrial(hands.system, live, network.vlan)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    findings.unknown(`the address was not tried: VLAN ${network.vlan} could not be made on ${live.name}`)
    await checkOutside(network, hands, findings)
    return
  }
  try {
    if (await tryAddresses(network, trial, links, hands, findings)) await checkOutside(network, hands, findings)
    else findings.unknown('name servers and clock were not looked at: there was no address to ask from')
  } finally {
    for (const line of await trial.end()) findings.unknown(`the live system could not be put back by: ${line}`)
  }
}

/** False when none of the addresses could be used. */
async function tryAddresses(
  { address, gateway, address6, gateway6 }: NetworkAnswers,
  trial: TrialNetwork,
  links: readonly NetworkInterface[],
  hands: NetworkHands,
  findings: Findings,
): Promise<boolean> {
  let isUsable = false
  // First the search, then the address: two machines with one address disturb each other.
  if (address !== null && (await checkDuplicate4(address, trial.link, links, hands, findings))) {
    if (await trial.addAddress(address)) {
      isUsable = true
      if (gateway !== null) await checkGateway('gateway', gateway, trial, hands, findings)
    }
  }
  if (address6 !== null && (await trial.addAddress(address6))) {
    if (await checkDuplicate6(address6, trial.link, hands, findings)) {
      isUsable = true
      if (gateway6 !== null) await checkGateway('gateway6', gateway6, trial, hands, findings)
    }
  }
  return isUsable
}

async function checkOutside(network: NetworkAnswers, hands: NetworkHands, findings: Findings): Promise<void> {
  await checkClock(network, await checkNames(network, hands, findings), hands, findings)
}
