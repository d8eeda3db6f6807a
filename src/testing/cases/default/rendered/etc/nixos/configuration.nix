# The machine itself: how it boots, how it is reached, who may log in.
# Storage is in modules/keystone/storage.nix, the cluster's part in modules/keystone/primer.nix.
{ pkgs, ... }:

{
  imports = [
    ./modules/keystone/storage.nix
    ./modules/keystone/primer.nix
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

  networking = {
    hostName = "primer";
    # Marks ZFS pools as this machine's. Keep it when the hardware changes.
    hostId = "6105660f";
    useNetworkd = true;
    useDHCP = false;
    firewall.enable = true;
  };

  systemd.network.networks."10-uplink" = {
    matchConfig = {
      Type = "ether";
      # Only real links: bridges and the containers' virtual ones have a kind.
      Kind = "!*";
    };
    networkConfig.DHCP = "yes";
    linkConfig.RequiredForOnline = "routable";
  };

  time.timeZone = "UTC";

  services.openssh = {
    enable = true;
    settings = {
      PermitRootLogin = "no";
      PasswordAuthentication = false;
      KbdInteractiveAuthentication = false;
    };
  };

  users = {
    # What is written here is all there is: no password changed by hand survives a rebuild.
    mutableUsers = false;
    users.admin = {
      isNormalUser = true;
      extraGroups = [ "wheel" ];
      # Only the hash, in a file that root alone reads: the Nix store is readable by everybody.
      hashedPasswordFile = "/var/lib/keystone/secrets/password-hash";
      openssh.authorizedKeys.keys = [ ];
    };
  };

  environment.systemPackages = [
    pkgs.cryptsetup
    pkgs.jq
    pkgs.tpm2-tools
  ];

  nix.settings.experimental-features = [
    "nix-command"
    "flakes"
  ];

  # The release this machine was installed with. It tells services which data formats to expect: it does not
  # change with upgrades.
  system.stateVersion = "26.05";
}
