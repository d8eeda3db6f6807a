import type { RenderContext } from './context.ts'

export type ManifestEntry = {
  /** Below templates/, which mirrors the target: `etc/nixos/flake.nix.hbs`. */
  readonly template: string
  /** Absolute on the target: `/etc/nixos/flake.nix`. */
  readonly path: string
  readonly mode: number
  readonly when: (context: RenderContext) => boolean
}

const always = () => true

/** The usual entry: the template's own place on the target, readable by all. None of these files holds a secret. */
function entry(template: string, when: (context: RenderContext) => boolean = always): ManifestEntry {
  return { template, path: `/${template.replace(/\.hbs$/, '')}`, mode: 0o644, when }
}

/** Which template becomes which file, and when. A test holds this list against the templates folder, both ways. */
export const MANIFEST: readonly ManifestEntry[] = [
  entry('etc/nixos/flake.nix.hbs'),
  entry('etc/nixos/configuration.nix.hbs'),
  entry('etc/nixos/disko-config.nix.hbs'),
  // Holds the place: during the install nixos-generate-config writes the real one.
  entry('etc/nixos/hardware-configuration.nix.hbs'),
  entry('etc/nixos/modules/keystone/storage.nix.hbs'),
  entry('etc/nixos/modules/keystone/primer.nix.hbs'),
]
