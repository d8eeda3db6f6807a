import { type FieldCheck, type Finding, quote } from '../field.ts'

export const ANY_INTERFACE = 'any'
/** What the machine's bond is called. */
export const BOND_INTERFACE = 'bond0'

/** Linux: IFNAMSIZ is 16 with the closing zero byte (include/uapi/linux/if.h). */
const LONGEST_INTERFACE_NAME = 15
const NAME_HINT = 'a name such as enp0s2, or any'

export const checkInterface: FieldCheck = (text) => {
  if (text === '') return { code: 'missing', message: 'an interface is needed', hint: NAME_HINT }
  if (text.length > LONGEST_INTERFACE_NAME) {
    const message = `an interface name has at most ${LONGEST_INTERFACE_NAME} characters, got ${text.length}`
    return { code: 'invalid-interface', message }
  }
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text)) return null
  const message = `an interface name has only letters, digits, ., _ and -, got ${quote(text)}`
  return { code: 'invalid-interface', message, hint: NAME_HINT }
}

/** The members of the bond, each with its place in the list; null for the list as a whole. */
export function checkBondMembers(
  members: readonly string[],
): readonly { readonly at: number | null; readonly finding: Finding }[] {
  if (members.length === 0) {
    const message = `${BOND_INTERFACE} is made of one or more interfaces, and none is given`
    return [{ at: null, finding: { code: 'bond-needs-interfaces', message, hint: 'name them in bondInterfaces' } }]
  }
  return members.flatMap((name, at) => {
    const finding = checkBondMember(name) ?? (members.indexOf(name) === at ? null : sameTwice(name))
    return finding ? [{ at, finding }] : []
  })
}

function checkBondMember(name: string): Finding | null {
  if (name !== ANY_INTERFACE && name !== BOND_INTERFACE) return checkInterface(name)
  const message = `a bond is made of interfaces with names of their own, got ${name}`
  return { code: 'invalid-interface', message, hint: 'a name such as enp0s2' }
}

function sameTwice(name: string): Finding {
  return { code: 'same-interface-twice', message: `the interface ${name} is on the list already` }
}

/** IEEE 802.1Q: 12 bits, of which 0 means no VLAN and 4095 is reserved. */
const HIGHEST_VLAN = 4094

/** The digits of a VLAN's id; empty for none. */
export const checkVlan: FieldCheck = (text) => {
  if (text === '') return null
  if (/^[1-9]\d{0,3}$/.test(text) && Number(text) <= HIGHEST_VLAN) return null
  const message = `a VLAN has a number from 1 to ${HIGHEST_VLAN}, got ${quote(text)}`
  return { code: 'invalid-vlan', message, hint: 'leave it out for no VLAN' }
}
