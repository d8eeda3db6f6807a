# The real disko in place of our types: its own source and nixpkgs' lib, both given by the caller.
{ lib, disko }:
let
  diskoLib = import (disko + "/lib") {
    inherit lib;
    rootMountPoint = "/mnt";
    makeTest = null;
    eval-config = null;
    qemu-common = null;
  };
in
{ config, ... }:
let
  meaning = config.disko.devices._config;
in
{
  options.disko.devices = lib.mkOption {
    type = diskoLib.toplevel;
    default = { };
    description = "The disks, and what is on them.";
  };
  config = {
    fileSystems = meaning.fileSystems or { };
    swapDevices = meaning.swapDevices or [ ];
    boot = meaning.boot or { };
  };
}
