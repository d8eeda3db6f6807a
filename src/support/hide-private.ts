import type { Hardware } from '../model/hardware.ts'
import type { Plan } from '../model/plan.ts'

/** Shorter ones would blank half of every text. */
const MIN_LENGTH = 4

/** For `--private`: takes out what tells one machine and its owner from others: names, serial numbers, hardware addresses,
 *  IP addresses, SSH keys. The same value always becomes the same word, so that a reader can still follow it. */
export function hidePrivate(hardware: Hardware | null, plan: Plan | null): (text: string) => string {
  const words = new Map<string, string>()
  const hide = (kind: string, values: readonly (string | null | undefined)[]) => {
    for (const value of values) {
      if (!value || value === 'unknown' || value.length < MIN_LENGTH || words.has(value)) continue
      const number = [...words.values()].filter((word) => word.startsWith(`(${kind} `)).length + 1
      words.set(value, `(${kind} ${number})`)
    }
  }
  const { disks = [], interfaces = [], stackedInterfaces = [] } = hardware ?? {}
  hide('serial', [...disks.map(({ serial }) => serial), ...(plan?.storage.disks ?? []).map(({ serial }) => serial)])
  hide('disk', [...disks.map(({ id }) => id), ...(plan?.storage.disks ?? []).map(({ id }) => id)].map(nameOf))
  hide(
    'mac',
    interfaces.map(({ mac }) => mac),
  )
  hide(
    'address',
    [...interfaces, ...stackedInterfaces].flatMap(({ addresses }) => addresses.map(withoutPrefix)),
  )
  if (plan !== null) {
    const { network, cluster } = plan
    hide(
      'address',
      [network.address, network.address6].map((one) => one && withoutPrefix(one)),
    )
    hide('address', [network.gateway, network.gateway6, ...network.nameservers])
    hide('host', [plan.hostName, cluster.domain, ...network.searchDomains])
    hide('user', [plan.userName])
    hide('ssh key', plan.sshKeys)
    hide('wifi', [network.wifi?.ssid])
    hide('server', [cluster.meshUrl, cluster.join?.server, network.proxy])
  }
  // One that contains another goes first, or its rest would stay readable.
  const longestFirst = [...words].sort(([a], [b]) => b.length - a.length)
  return (text) => longestFirst.reduce((hidden, [value, word]) => hidden.replaceAll(value, word), text)
}

const withoutPrefix = (address: string) => address.split('/')[0] ?? address
const nameOf = (id: string | null) => id?.slice(id.lastIndexOf('/') + 1)
