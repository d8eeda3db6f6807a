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
    hostName = "cellar";
    # Marks ZFS pools as this machine's. Keep it when the hardware changes.
    hostId = "d77e483c";
    useNetworkd = true;
    useDHCP = false;
    firewall.enable = true;
  };

  systemd.network.networks."10-uplink" = {
    matchConfig.Name = "enp0s2";
    address = [ "10.0.2.20/24" ];
    gateway = [ "10.0.2.2" ];
    dns = [ "10.0.2.3" "9.9.9.9" ];
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
    users.anna = {
      isNormalUser = true;
      extraGroups = [ "wheel" ];
      # Only the hash, in a file that root alone reads: the Nix store is readable by everybody.
      hashedPasswordFile = "/var/lib/keystone/secrets/password-hash";
      openssh.authorizedKeys.keys = [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICUwO0ZRXGdyfYiTnqm0v8rV4Ov2AQwXIi04Q05ZZG96 anna@laptop"
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEpVYGt2gYyXoq24w87Z5O/6BRAbJjE8R1JdaHN+iZSf ben's \"old\" desk \$HOME"
      ];
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
