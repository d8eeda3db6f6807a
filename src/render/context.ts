/** Everything a template may read. Every key is always set (Handlebars runs strict); made from the Plan alone. */
export type RenderContext = {
  readonly planHash: string
  readonly hostName: string
  readonly hostId: string
  readonly stateVersion: string
  readonly isZfs: boolean
  readonly isMirror: boolean
  readonly hasSwap: boolean
  readonly hasTpmUnlock: boolean
  /** disko sizes: `1024M`. */
  readonly espSize: string
  readonly swapSize: string
  readonly disks: readonly {
    readonly key: string
    readonly device: string
    readonly espMountpoint: string
    readonly isFirst: boolean
  }[]
  /** ESPs that are kept in step with /boot: `/boot2`. Empty for single disks. */
  readonly extraEspMountpoints: readonly string[]
  readonly pool: string
  /** zpool's mode: `` or `mirror`. */
  readonly poolMode: string
  /** Below the pool: `crypt/root` -> `/`. Empty for ext4. */
  readonly datasets: readonly { readonly name: string; readonly mountpoint: string }[]
  readonly luksName: string
  readonly passphraseFile: string
  readonly credstoreDirectory: string
  readonly poolKeyFile: string
  readonly phasesDirectory: string
  readonly network: {
    readonly interface: string
    /** False when `interface` is `any`: then match every ethernet link. */
    readonly isNamed: boolean
    readonly isStatic: boolean
    readonly address: string
    readonly gateway: string
    readonly hasGateway: boolean
    readonly nameservers: readonly string[]
  }
  readonly userName: string
  readonly passwordHashFile: string
  readonly sshKeys: readonly string[]
  readonly clusterName: string
  readonly clusterRole: string
}
