export type InstallStage = { readonly fraction: number; readonly name: string }

/** nixos-install says where it is in these lines. Source: nixpkgs pkgs/by-name/ni/nixos-install/nixos-install.sh */
const STAGES: readonly (readonly [begin: string, stage: InstallStage])[] = [
  ['copying channel', { fraction: 0.05, name: 'copying the channel' }],
  ['building the', { fraction: 0.1, name: 'copying the system' }],
  ['installing the boot loader', { fraction: 0.6, name: 'installing the boot loader' }],
  ['setting root password', { fraction: 0.95, name: 'finishing' }],
  ['installation finished', { fraction: 1, name: 'installed' }],
]

/** Follows one run of nixos-install by its lines. */
export function followInstallStages() {
  let stage: string | null = null
  return {
    /** The stage that begins with this line; null for any other line. */
    read(line: string): InstallStage | null {
      const found = STAGES.find(([begin]) => line.startsWith(begin))?.[1] ?? null
      stage = found?.name ?? stage
      return found
    },
    /** Where it was last, for the error of a run that failed; null before the first. */
    stage: (): string | null => stage,
  }
}
