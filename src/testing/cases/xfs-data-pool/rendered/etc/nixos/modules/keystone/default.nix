# What every machine of this repository has. Each file declares its own options below `keystone`; a machine sets them
# in hosts/<name>/configuration.nix.
{ pkgs, ... }:

{
  imports = [
    ./access.nix
    ./boot-copies.nix
    ./command.nix
    ./data-pool.nix
    ./hibernation.nix
    ./network.nix
    ./phases.nix
    ./primer.nix
    ./secure-boot.nix
    ./snapshots.nix
    ./storage.nix
    ./tpm.nix
    ./unlock.nix
  ];

  boot.loader = {
    systemd-boot = {
      enable = true;
      # The editor would let anybody at the console add init=/bin/sh.
      editor = false;
      # Each generation keeps a kernel and an initrd on the EFI system partition.
      configurationLimit = 10;
    };
    efi.canTouchEfiVariables = true;
  };

  # Screen and serial line: the passphrase can be typed on both.
  boot.kernelParams = [
    "console=tty0"
    "console=ttyS0,115200"
  ];

  environment.systemPackages = [
    pkgs.cryptsetup
    pkgs.efibootmgr
    # A flake sees only what git knows of.
    pkgs.git
    pkgs.gptfdisk
    pkgs.jq
    pkgs.tpm2-tools
  ];

  nix.settings.experimental-features = [
    "nix-command"
    "flakes"
  ];
}
