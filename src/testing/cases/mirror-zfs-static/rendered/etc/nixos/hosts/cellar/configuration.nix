# This machine alone: its name, its people, its place in the network. All the rest is in modules/keystone.
{
  imports = [
    ./disko-config.nix
    ./hardware-configuration.nix
  ];

  networking.hostName = "cellar";
  # ZFS marks its pools with it as this machine's own. Keep it, also when the hardware changes.
  networking.hostId = "d77e483c";

  i18n.defaultLocale = "en_US.UTF-8";
  # Also where the passphrase is typed at boot: the initrd takes the keymap from here.
  console.keyMap = "us";
  time.timeZone = "UTC";

  keystone = {
    primer.clusterName = "cellar-1";
    primer.role = "primer";
    tpm.unlock = true;
    network.interface = "enp0s2";
    network.address = "10.0.2.20/24";
    network.gateway = "10.0.2.2";
    network.nameservers = [
      "10.0.2.3"
      "9.9.9.9"
    ];
  };

  users.users.anna = {
    isNormalUser = true;
    extraGroups = [ "wheel" ];
    # Only the path: the hash itself must not get into this repository or the Nix store.
    hashedPasswordFile = "/var/lib/keystone/secrets/password-hash";
    openssh.authorizedKeys.keys = [
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICUwO0ZRXGdyfYiTnqm0v8rV4Ov2AQwXIi04Q05ZZG96 anna@laptop"
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEpVYGt2gYyXoq24w87Z5O/6BRAbJjE8R1JdaHN+iZSf ben's \"old\" desk \$HOME"
    ];
  };

  # The release of the install. It stays as it is when the system is upgraded.
  system.stateVersion = "26.05";
}
