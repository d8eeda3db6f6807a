/** What `nix build` leaves for `nixos-install`: the values that lib/system.nix read from the rendered configuration. */
export type Service = {
  readonly enable?: boolean
  /** `asDropin`: the unit is another's (a generator's), and this is added to it. */
  readonly overrideStrategy?: string
  readonly description?: string
  readonly wants?: readonly string[]
  readonly requires?: readonly string[]
  readonly after?: readonly string[]
  readonly before?: readonly string[]
  readonly conflicts?: readonly string[]
  readonly wantedBy?: readonly string[]
  readonly requiredBy?: readonly string[]
  readonly unitConfig?: Readonly<Record<string, Setting | readonly Setting[]>>
  readonly serviceConfig?: Readonly<Record<string, Setting | readonly Setting[]>>
  readonly environment?: Readonly<Record<string, Setting>>
  readonly path?: readonly string[]
  readonly script?: string
}
export type Setting = string | number | boolean

export type Timer = Pick<Service, 'enable' | 'description' | 'wantedBy' | 'after' | 'unitConfig'> & {
  readonly timerConfig?: Readonly<Record<string, Setting | readonly Setting[]>>
}

export type ZramSwap = {
  readonly enable: boolean
  readonly algorithm: string
  readonly memoryPercent: number
  readonly priority: number
}

export type FileSystem = {
  readonly device: string
  readonly fsType: string
  readonly options?: readonly string[]
  readonly neededForBoot?: boolean
}

/** One section of a networkd file. A setting with several values is written once for each. */
type Section = Readonly<Record<string, Setting | readonly Setting[]>>

export type Network = {
  readonly matchConfig?: Section
  readonly linkConfig?: Section
  readonly networkConfig?: Section
  readonly dhcpV4Config?: Section
  readonly dhcpV6Config?: Section
  readonly ipv6AcceptRAConfig?: Section
  readonly routes?: readonly Section[]
  readonly address?: readonly string[]
  readonly gateway?: readonly string[]
  readonly dns?: readonly string[]
  readonly domains?: readonly string[]
  readonly ntp?: readonly string[]
  readonly bond?: readonly string[]
  readonly vlan?: readonly string[]
}

export type Netdev = { readonly netdevConfig?: Section; readonly vlanConfig?: Section; readonly bondConfig?: Section }

export type User = {
  readonly isNormalUser?: boolean
  readonly extraGroups?: readonly string[]
  readonly hashedPasswordFile?: string
  readonly openssh?: { readonly authorizedKeys?: { readonly keys?: readonly string[] } }
}

/** services.sanoid: options that nobody set are null or left out. Templates and datasets are open: sanoid knows more. */
export type Sanoid = {
  readonly enable: boolean
  /** systemd's calendar notation. */
  readonly interval: string
  readonly templates: Readonly<Record<string, SanoidSettings>>
  readonly datasets: Readonly<
    Record<
      string,
      SanoidSettings & { readonly useTemplate?: readonly string[]; readonly processChildrenOnly?: boolean }
    >
  >
}
type SanoidSettings = Readonly<Record<string, Setting | readonly string[] | null>>

export type System = {
  /** Programs that the configuration writes itself, by name: their text. */
  readonly commands: Readonly<Record<string, string>>
  readonly environment: { readonly etc: Readonly<Record<string, { readonly text?: string; readonly mode?: string }>> }
  readonly fileSystems: Readonly<Record<string, FileSystem>>
  readonly networking: { readonly hostName: string; readonly hostId: string | null }
  readonly console: { readonly keyMap: string }
  readonly i18n: { readonly defaultLocale: string }
  readonly time: { readonly timeZone: string | null }
  readonly swapDevices: readonly {
    readonly device: string
    /** In MiB: a file that is made when it is not there. */
    readonly size?: number | null
    readonly options?: readonly string[]
    readonly randomEncryption?: { readonly enable?: boolean }
  }[]
  readonly users: { readonly users: Readonly<Record<string, User>> }
  readonly kernelParams: readonly string[]
  readonly loader: {
    readonly timeout: number
    readonly efi: { readonly canTouchEfiVariables: boolean }
    readonly 'systemd-boot': { readonly editor: boolean; readonly extraInstallCommands: string }
  }
  readonly luksDevices: Readonly<
    Record<
      string,
      { readonly device: string; readonly allowDiscards?: boolean; readonly crypttabExtraOpts?: readonly string[] }
    >
  >
  readonly initrdServices: Readonly<Record<string, Service>>
  readonly initrdBin: Readonly<Record<string, string>>
  readonly netdevs: Readonly<Record<string, Netdev>>
  readonly networks: Readonly<Record<string, Network>>
  readonly services: Readonly<Record<string, Service>>
  readonly timers: Readonly<Record<string, Timer>>
  readonly sanoid: Sanoid | null
  readonly zramSwap: ZramSwap
  /** What the owner would be told at each rebuild. */
  readonly warnings: readonly string[]
  readonly stateVersion: string
}

/** A file to lay down: absolute in its root; a link when `link` is set. */
export type LaidFile =
  | { readonly path: string; readonly content: string; readonly mode: number }
  | { readonly path: string; readonly link: string }
