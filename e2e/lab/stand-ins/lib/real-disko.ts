import { evaluate, nixString } from './evaluate.ts'

/** The script that the real disko generates for a file, from its source and from nixpkgs' lib (both given by the caller;
 *  nothing of them is part of this repository). Programs are taken from PATH. */
export function realScript(
  request: {
    readonly mode: 'destroy,format,mount' | 'mount' | 'unmount'
    readonly root: string
    readonly file: string
  },
  source: { readonly disko: string; readonly lib: string },
): string {
  const attribute = { 'destroy,format,mount': '_destroyFormatMount', mount: '_mount', unmount: '_unmount' }[
    request.mode
  ]
  const script = evaluate(`
    let
      given = ${nixString(source.lib)};
      # A checkout of nixpkgs, or its lib folder.
      lib = import (if builtins.pathExists (given + "/lib/default.nix") then given + "/lib" else given);
      value = import ${nixString(request.file)};
      config = if builtins.isFunction value then value { inherit lib; } else value;
      diskoLib = import (${nixString(source.disko)} + "/lib") {
        inherit lib;
        rootMountPoint = ${nixString(request.root)};
        makeTest = null;
        eval-config = null;
        qemu-common = null;
      };
      evaluated = lib.evalModules {
        modules = [
          {
            options.disko.devices = lib.mkOption { type = diskoLib.toplevel; };
            config.disko.devices = config.disko.devices;
          }
        ];
      };
    in
    builtins.unsafeDiscardStringContext evaluated.config.disko.devices.${attribute}`)
  const text = String(script)
    // A folder of disko's source, which without a store is only a name.
    .replaceAll(/\/nix\/store\/[a-z0-9]+-disk-deactivate/g, `${source.disko}/disk-deactivate`)
  // The wrapper that disko's own command puts around it answers the question of mode destroy.
  return `set -- --yes-wipe-all-disks\n${text}`
}
