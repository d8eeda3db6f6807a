/** Everything a template may read. Every key is always set (Handlebars runs strict); made from the Plan alone. */
export type RenderContext = {
  readonly hostName: string
  /** The host's own files, from the repository's top. */
  readonly hostFiles: { readonly configuration: string; readonly disko: string; readonly hardware: string }
  readonly hostId: string
  readonly stateVersion: string
  readonly isZfs: boolean
  readonly isMirror: boolean
  readonly hasSwap: boolean
  readonly hasTpmUnlock: boolean
  readonly hasRecoveryKey: boolean
  /** disko sizes, and sgdisk's: `1024M`. */
  readonly espSize: string
  readonly swapSize: string
  readonly disks: readonly {
    readonly key: string
    readonly device: string
    readonly espMountpoint: string
  }[]
  readonly pool: string
  /** What holds every dataset: `rpool/crypt`. Empty for ext4. */
  readonly encryptionRoot: string
  /** zpool's mode: `` or `mirror`. */
  readonly poolMode: string
  /** Below the pool: `crypt/root` -> `/`. Empty for ext4. */
  readonly datasets: readonly { readonly name: string; readonly mountpoint: string }[]
  readonly luksName: string
  readonly luksDevice: string
  readonly passphraseFile: string
  readonly credstoreDirectory: string
  readonly poolKeyFile: string
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
