import { BOND_MODES } from '../../model/answers.ts'
import { type Finding, quote } from '../field.ts'
import type { Drafts } from '../step.ts'
import { ANY_INTERFACE, BOND_INTERFACE, checkBondMembers } from './link-rules.ts'
import { checkAddress, checkGateway, checkNameserver } from './static-address.ts'
import { checkWifiPassphrase } from './wifi-rules.ts'

type Fields = Partial<Drafts['network']>
type Report = (path: readonly (string | number)[], finding: Finding) => void

/** Only what is used is judged: a page keeps the static fields while DHCP is chosen, and a bond's members without one. */
export function checkAcrossFields(fields: Fields, report: Report): void {
  checkLink(fields, report)
  if (fields.mode === 'static') checkStatic(fields, report)
  checkWifi(fields, report)
}

function checkLink({ interface: name, bondInterfaces, bondMode, vlan }: Fields, report: Report): void {
  if (name === ANY_INTERFACE && vlan) {
    const message = `VLAN ${vlan} belongs to one interface, got any`
    report(['interface'], { code: 'vlan-needs-interface', message, hint: 'name the interface, or leave the VLAN out' })
  }
  if (name !== BOND_INTERFACE) return
  for (const { at, finding } of checkBondMembers(bondInterfaces ?? [])) {
    report(at === null ? ['bondInterfaces'] : ['bondInterfaces', at], finding)
  }
  if (bondMode !== undefined && !BOND_MODES.some((mode) => mode === bondMode)) {
    const message = `must be ${BOND_MODES.join(', ')}, got ${quote(bondMode)}`
    report(['bondMode'], { code: 'invalid-choice', message })
  }
}

function checkStatic(fields: Fields, report: Report): void {
  const { interface: name, address, address6, nameservers } = fields
  if (name === ANY_INTERFACE) {
    const message = 'a static address belongs to one interface, got any'
    report(['interface'], { code: 'static-needs-interface', message, hint: 'name the interface, or choose dhcp' })
  }
  if (address === '' && address6 === '') {
    report(['address'], { code: 'missing', message: 'a static network needs an address', hint: 'such as 10.0.0.2/24' })
  }
  const judge = (key: keyof Fields, finding: Finding | null) => finding && report([key], finding)
  if (address) judge('address', checkAddress(address, 'ipv4'))
  if (address6) judge('address6', checkAddress(address6, 'ipv6'))
  judge('gateway', checkGateway(fields.gateway ?? '', address ?? '', 'ipv4'))
  judge('gateway6', checkGateway(fields.gateway6 ?? '', address6 ?? '', 'ipv6'))
  if (nameservers?.length === 0) {
    report(['nameservers'], {
      code: 'static-needs-nameserver',
      message: 'a static network needs a name server: without one no name is found and nothing can be downloaded',
      hint: 'often it is the router, 9.9.9.9 works where the internet is reached',
    })
  }
  nameservers?.forEach((nameserver, index) => {
    const finding = checkNameserver(nameserver)
    if (finding) report(['nameservers', index], finding)
  })
}

function checkWifi({ interface: name, wifiName, wifiPassphrase }: Fields, report: Report): void {
  if (wifiName === undefined || wifiPassphrase === undefined) return
  if (wifiName === '') {
    if (wifiPassphrase === '') return
    const message = 'a passphrase of a wireless network is given, but not its name'
    report(['wifiPassphrase'], { code: 'passphrase-without-network', message, hint: 'add wifiName, or take it out' })
    return
  }
  if (name === ANY_INTERFACE || name === BOND_INTERFACE) {
    const message = `a wireless network belongs to a wireless interface, got ${name}`
    report(['interface'], { code: 'wifi-needs-interface', message, hint: 'name the interface, such as wlp2s0' })
  }
  const finding = checkWifiPassphrase(wifiPassphrase)
  if (finding) report(['wifiPassphrase'], finding)
}
