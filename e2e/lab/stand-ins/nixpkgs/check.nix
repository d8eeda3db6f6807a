# Checks whole configurations: every option exists, every definition has its type, the assertions hold.
# { name = { flake; host; }; … } -> what is read back of each, or the first error.
{
  flakes,
  lib ? import ./lib,
  disko ? ./disko.nix,
}:
let
  nixos = import ./nixos.nix { inherit lib; };
  force = import ./force.nix { inherit lib; };
  isUnknown = type: type.name == "unknown" || lib.any isUnknown (lib.attrValues (innerTypes type));
  # The type of a setting may contain itself.
  innerTypes = type: if lib.hasSuffix " value" type.description then { } else type.nestedTypes;
  one =
    { flake, host }:
    let
      outputs = import ./call-flake.nix {
        inherit disko flake lib;
        nixosSystem = nixos;
      };
      evaluated =
        outputs.nixosConfigurations.${host}
          or (throw "flake '${flake}' does not provide attribute 'nixosConfigurations.\"${host}\"'");
      inherit (evaluated) asserted;
    in
    # In this order: an assertion names the file.
    builtins.seq (builtins.seq asserted (force evaluated)) {
      # Definitions of a type that the words of the manual do not tell: nobody checks them.
      unchecked = map toString (lib.filter (option: isUnknown option.type) (evaluated.definedOptions or [ ]));
      inherit (asserted) warnings;
      hosts = builtins.attrNames outputs.nixosConfigurations;
      hostName = asserted.networking.hostName;
      release = asserted.system.stateVersion;
      mounts = lib.mapAttrs (_: lib.getAttrs [ "device" "fsType" "options" ]) asserted.fileSystems;
      luks = lib.mapAttrs (_: lib.getAttrs [ "crypttabExtraOpts" "device" ]) asserted.boot.initrd.luks.devices;
      swaps = map (lib.getAttrs [ "device" "options" ]) asserted.swapDevices;
    };
in
builtins.mapAttrs (_: one) flakes
