import type { StorageContext } from './storage-context.ts'

/** As in the plan, with '' for what is null there. */
export type NetworkContext = {
  readonly interface: string
  /** False when `interface` is `any`: then match every ethernet link. */
  readonly isNamed: boolean
  readonly isStatic: boolean
  readonly hasBond: boolean
  readonly bond: { readonly interfaces: readonly string[]; readonly mode: string }
  /** 0 for none. */
  readonly vlan: number
  readonly address: string
  readonly gateway: string
  readonly address6: string
  readonly gateway6: string
  readonly nameservers: readonly string[]
  readonly searchDomains: readonly string[]
  readonly proxy: string
  readonly hasWifi: boolean
  readonly wifi: { readonly ssid: string; readonly secretsFile: string }
}

export type ClusterContext = {
  readonly name: string
  readonly role: string
  readonly domain: string
  readonly meshUrl: string
  readonly hasJoin: boolean
  readonly join: { readonly server: string; readonly caHash: string; readonly tokenFile: string }
}

/** Everything a template may read. Every key is always set (Handlebars runs strict); made from the Plan alone. Where the
 *  machine has no such thing, texts are '', numbers 0 and lists empty: all of them false to {{#if}}. */
export type RenderContext = StorageContext & {
  readonly hostName: string
  /** The host's own files, from the repository's top. */
  readonly hostFiles: { readonly configuration: string; readonly disko: string; readonly hardware: string }
  readonly hostId: string
  readonly stateVersion: string
  /** With or without a PIN. */
  readonly hasTpmUnlock: boolean
  readonly hasTpmPin: boolean
  readonly hasRecoveryKey: boolean
  readonly system: { readonly language: string; readonly keyboard: string; readonly timeZone: string }
  readonly network: NetworkContext
  readonly userName: string
  readonly passwordHashFile: string
  readonly sshKeys: readonly string[]
  readonly cluster: ClusterContext
}
