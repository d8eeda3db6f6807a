# An installation without a network. On the image are
#   1. the sources of every flake input, so that evaluating the target fetches nothing;
#   2. the built systems of all examples: every layout that the installer knows, with and without TPM;
#   3. what the few derivations are built with that differ from host to host.
# For 3: host name, host id, users, disks and network end up in /etc, in units and in the initrd. These are built on the
# machine in seconds, but their tools (a compiler-less stdenv, the initrd's packer, config checkers) are in no system's
# run-time closure, and nix would start to build them from source. `inputDerivation` is a package that holds just them.
# scripts/iso-offline-check.sh builds a host that is on no image from this closure alone.
{
  inputs,
  lib,
  pkgs,
  targets,
  ...
}:
let
  sourcesOf =
    flake: [ flake.outPath ] ++ lib.concatMap sourcesOf (lib.attrValues (flake.inputs or { }));
  sources = lib.unique (lib.concatMap sourcesOf (lib.attrValues (removeAttrs inputs [ "self" ])));

  # nixos-generate-config finds the processor's maker only on the machine itself.
  withMicrocode =
    target:
    target.extendModules {
      modules = [
        {
          hardware.cpu.intel.updateMicrocode = true;
          hardware.cpu.amd.updateMicrocode = true;
        }
      ];
    };
  systems = lib.attrValues targets ++ [ (withMicrocode targets.default) ];

  inputsOf = derivation: lib.optional (derivation ? inputDerivation) derivation.inputDerivation;
  builtOnTheMachine =
    { config, ... }:
    [
      config.system.build.toplevel
      config.system.build.etc
      config.system.build.initialRamdisk
      config.system.path
      # The disko program makes these from the same parts.
      config.system.build.destroyFormatMount
      config.system.build.mount
      config.system.build.unmount
    ]
    ++ lib.filter lib.isDerivation (
      map (file: file.source) (
        lib.filter (file: file.enable) (lib.attrValues config.environment.etc)
      )
    );

  closure =
    sources
    ++ map (target: target.config.system.build.toplevel) systems
    ++ lib.concatMap inputsOf (lib.concatMap builtOnTheMachine systems)
    ++ [
      pkgs.stdenv
      pkgs.stdenvNoCC
      pkgs.git
    ];
in
{
  isoImage.storeContents = closure;
  system.build.keystoneOfflineClosure = pkgs.closureInfo { rootPaths = closure; };

  # The pins of the image, for what a person types; nixpkgs is pinned by NixOS itself.
  nix.registry = {
    disko.flake = inputs.disko;
    lanzaboote.flake = inputs.lanzaboote;
  };
  nix.settings = {
    experimental-features = [
      "nix-command"
      "flakes"
    ];
    # No list of flakes from the network, and what was fetched once is never asked for again.
    flake-registry = "";
    tarball-ttl = 4294967295;
    # The build asks the live system's store first (src/tasks/build.ts); where a cache in the network does not answer, that
    # costs seconds, not minutes.
    connect-timeout = 5;
  };

  # A channel is a second nixpkgs, and 200 MB.
  system.installer.channel.enable = lib.mkForce false;
}
