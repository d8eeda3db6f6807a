# Defaults of NixOS 26.05 that its manual describes in other ways than by a plain value, as far as something reads them.
# A function takes the name of the submodule around the option. A default that is missing here is an error that names
# the option, not a guess.
{ config, lib, pkgs }:
{
  "boot.initrd.luks.devices.<name>.name" = name: name;
  "boot.zfs.forceImportRoot" = lib.versionOlder config.system.stateVersion "26.11";
  "environment.etc.<name>.target" = name: name;
  "networking.hostName" = "nixos";
  "system.stateVersion" = throw "system.stateVersion must be set";
  "users.users.<name>.name" = name: name;
}
