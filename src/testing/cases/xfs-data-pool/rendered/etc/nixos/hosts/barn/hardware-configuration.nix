# Placeholder: nixos-generate-config writes this file during the install, with what it finds in the machine.
# File systems are not listed here, disko-config.nix describes them.
{ lib, modulesPath, ... }:

{
  imports = [ (modulesPath + "/installer/scan/not-detected.nix") ];

  nixpkgs.hostPlatform = lib.mkDefault "x86_64-linux";
}
