# The installer itself, what it calls, and what a person in the shell on Alt+F2 needs when something is wrong.
{
  bundle,
  config,
  inputs,
  lib,
  pkgs,
  version,
  ...
}:
let
  programs = import ./programs.nix {
    inherit lib pkgs;
    instead = {
      # nixpkgs' disko is older than the commit that the layout was checked against.
      inherit (inputs.disko.packages.${pkgs.stdenv.hostPlatform.system}) disko;
      inherit (config.system.build) nixos-generate-config nixos-install;
      # These must fit the kernel and the services that run.
      nix = config.nix.package;
      systemd = config.systemd.package;
      zfs = config.boot.zfs.package;
    };
  };
  keystone = pkgs.callPackage ./package.nix { inherit bundle programs version; };
in
{
  system.build.keystone = keystone;

  environment.systemPackages = [
    keystone
  ]
  ++ programs
  ++ [
    pkgs.dosfstools
    pkgs.e2fsprogs
    pkgs.efibootmgr
    pkgs.gptfdisk
    pkgs.nvme-cli
    pkgs.pciutils
    pkgs.smartmontools
    pkgs.tpm2-tools
    pkgs.usbutils
    pkgs.xfsprogs
  ];

  boot.supportedFilesystems.zfs = true;
  # Pools of another system are somebody's data: nothing imports them behind the person's back.
  boot.zfs.forceImportRoot = false;
  # Not any target's: a pool that an interrupted installation left imported must be noticed.
  networking.hostId = lib.mkForce "1507c0de";

  # A support bundle is fetched here, for ten minutes and by a code, and only while somebody offers it.
  networking.firewall.allowedTCPPorts = [ 8617 ];

  # Evaluating NixOS takes 2 GiB, and everything written on the live system lies in memory.
  zramSwap = {
    enable = true;
    memoryPercent = 100;
  };
}
