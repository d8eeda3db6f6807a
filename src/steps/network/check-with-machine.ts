import type { NetworkAnswers } from '../../model/answers.ts'
import type { Hardware } from '../../model/hardware.ts'
import type { Problem } from '../../model/problem.ts'
import { ANY_INTERFACE } from './link-rules.ts'

/** What only the machine knows: which interfaces there are, and which are wireless. A missing cable is no problem here: it
 *  may be plugged in later. */
export function checkWithMachine(value: NetworkAnswers, hardware: Hardware): readonly Problem[] {
  if (value.bond) return value.bond.interfaces.flatMap((name, at) => checkMember(name, at, hardware))
  if (value.interface === ANY_INTERFACE) return []
  const path = ['network', 'interface']
  const found = hardware.interfaces.find(({ name }) => name === value.interface)
  if (!found) return [notFound(value.interface, path, hardware)]
  if (!found.isWireless) return value.wifi ? [notWireless(value.interface, hardware)] : []
  const problems: Problem[] = []
  if (!value.wifi) {
    const message = `the wireless interface ${value.interface} needs the name of a network and its passphrase`
    problems.push({ code: 'wireless-needs-wifi', path: ['network', 'wifiName'], message })
  }
  if (value.vlan !== null) {
    const message = `a VLAN goes over a cable, and ${value.interface} is wireless`
    problems.push({ code: 'vlan-on-wireless', path: ['network', 'vlan'], message, hint: 'leave the VLAN out' })
  }
  return problems
}

function checkMember(name: string, at: number, hardware: Hardware): readonly Problem[] {
  const path = ['network', 'bondInterfaces', at]
  const found = hardware.interfaces.find((each) => each.name === name)
  if (!found) return [notFound(name, path, hardware)]
  if (!found.isWireless) return []
  const message = `a bond is made of wired interfaces, and ${name} is wireless`
  return [{ code: 'interface-is-wireless', path, message, hint: interfacesHint(hardware) }]
}

function notFound(name: string, path: Problem['path'], hardware: Hardware): Problem {
  const stacked = hardware.stackedInterfaces?.find((one) => one.name === name)
  const message = stacked
    ? `${name} is a ${KIND_WORDS[stacked.kind]} of the live system, not an interface of this machine`
    : `this machine has no interface ${name}`
  return { code: 'interface-not-found', path, message, hint: interfacesHint(hardware) }
}

const KIND_WORDS = { bond: 'bond', vlan: 'VLAN', bridge: 'bridge' } as const

function notWireless(name: string, hardware: Hardware): Problem {
  const wireless = hardware.interfaces.filter(({ isWireless }) => isWireless).map((each) => each.name)
  return {
    code: 'interface-not-wireless',
    path: ['network', 'wifiName'],
    message: `a wireless network was named, but ${name} is wired`,
    hint: wireless.length > 0 ? `wireless are ${wireless.join(', ')}` : 'this machine has no wireless interface',
  }
}

function interfacesHint(hardware: Hardware): string {
  const names = (isWireless: boolean) =>
    hardware.interfaces.filter((each) => each.isWireless === isWireless).map(({ name }) => name)
  const [wired, wireless] = [names(false), names(true)]
  const also = wireless.length > 0 ? `; wireless are ${wireless.join(', ')}` : ''
  return (
    (wired.length > 0 ? `it has ${wired.join(', ')}; any takes every wired one` : 'it has no wired interface') + also
  )
}
