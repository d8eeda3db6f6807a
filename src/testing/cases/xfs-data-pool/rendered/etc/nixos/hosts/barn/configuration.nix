# This machine alone: its name, its people, its place in the network. All the rest is in modules/keystone.
{
  imports = [
    ./disko-config.nix
    ./hardware-configuration.nix
  ];

  networking.hostName = "barn";
  # ZFS marks its pools with it as this machine's own. Keep it, also when the hardware changes.
  networking.hostId = "b4c7d452";

  i18n.defaultLocale = "en_US.UTF-8";
  # Also where the passphrase is typed at boot: the initrd takes the keymap from here.
  console.keyMap = "us";
  time.timeZone = "UTC";

  keystone = {
    primer.clusterName = "home";
    primer.role = "primer";
    tpm.unlock = false;
  };

  users.users.emil = {
    isNormalUser = true;
    extraGroups = [ "wheel" ];
    # Only the path: the hash itself must not get into this repository or the Nix store.
    hashedPasswordFile = "/var/lib/keystone/secrets/password-hash";
  };

  # The release of the install. It stays as it is when the system is upgraded.
  system.stateVersion = "26.05";
}
