import { hasDefaultRoute } from '../hardware/network-probes.ts'
import type { NetworkInterface } from '../model/hardware.ts'
import { isInside, isSameAddress, parseSubnet, type Subnet } from '../steps/network/ip.ts'
import { CommandError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'

/** Our VLAN, while it is tried. At most 15 characters, and nobody else's. */
const TRIAL_VLAN = 'keystone-vlan'
/** Behind every way out that the live system has itself. */
const TRIAL_METRIC = '42000'
const TIMEOUT_MS = 5000

/** Settings put on the live system for a look, and taken back. */
export type TrialNetwork = {
  /** The link to look through: the interface, or the VLAN on it. */
  readonly link: string
  /** Adds the address unless the link has it. For IPv4 another one of its subnet will do: it leads to the same gateway, while
   *  IPv6 needs the address itself, because the kernel's search for duplicates is part of adding it. False: refused. */
  addAddress(address: string): Promise<boolean>
  /** Adds a way out where the live system has none. */
  addGateway(gateway: string): Promise<void>
  /** Gives what could not be taken back, as commands. */
  end(): Promise<readonly string[]>
}

/** @throws CommandError when the VLAN cannot be made. */
export async function startTrial(system: System, live: NetworkInterface, vlan: number | null): Promise<TrialNetwork> {
  const undo: (readonly string[])[] = []
  const ip = (args: readonly string[]) => system.run(programs.ip, args, { timeoutMs: TIMEOUT_MS })
  const change = async (args: readonly string[], back: readonly string[]) => {
    await ip(args)
    undo.unshift(back)
  }
  const link = vlan === null ? live.name : TRIAL_VLAN
  const addresses = vlan === null ? live.addresses : []

  async function end(): Promise<readonly string[]> {
    const left: string[] = []
    for (const args of undo.splice(0)) {
      try {
        await ip(args)
      } catch (error) {
        if (!(error instanceof CommandError)) throw error
        left.push(error.line)
      }
    }
    return left
  }

  if (vlan !== null) {
    const add = ['link', 'add', 'link', live.name, 'name', TRIAL_VLAN, 'type', 'vlan', 'id', String(vlan)]
    await change(add, ['link', 'delete', TRIAL_VLAN])
    try {
      await ip(['link', 'set', TRIAL_VLAN, 'up'])
    } catch (error) {
      await end()
      throw error
    }
  }

  return {
    link,
    async addAddress(address) {
      const subnet = parseSubnet(address)
      if (subnet === null || addresses.some((one) => serves(subnet, one))) return true
      try {
        await change(['address', 'add', address, 'dev', link], ['address', 'delete', address, 'dev', link])
        return true
      } catch (error) {
        if (error instanceof CommandError) return false
        throw error
      }
    },
    async addGateway(gateway) {
      const family = gateway.includes(':') ? '-6' : '-4'
      const routes = await system.query(programs.ip, [family, '-j', 'route', 'show', 'default'], {
        timeoutMs: TIMEOUT_MS,
      })
      if (hasDefaultRoute(routes.stdout)) return
      const route = ['default', 'via', gateway, 'dev', link, 'metric', TRIAL_METRIC]
      try {
        await change([family, 'route', 'add', ...route], [family, 'route', 'delete', ...route])
      } catch (error) {
        // Then the name servers do not answer, and that is what is told.
        if (!(error instanceof CommandError)) throw error
      }
    },
    end,
  }
}

function serves(wanted: Subnet, withPrefix: string): boolean {
  const own = withPrefix.split('/')[0] ?? ''
  return wanted.family === 'ipv4' ? isInside(wanted, own) : isSameAddress(wanted.address, own)
}
