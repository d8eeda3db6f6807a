# What NixOS's own modules assert about options that an installed machine depends on, in their words where they have some.
{ config, lib, ... }:
let
  inherit (lib) any attrValues mapAttrsToList;
  inherit (config.services) sanoid;
  usesZfs = any (fs: fs.fsType == "zfs") (attrValues config.fileSystems);
  admins = lib.filterAttrs (
    name: user: name == "root" || user.group == "wheel" || lib.elem "wheel" user.extraGroups
  ) config.users.users;
  canLogIn =
    user:
    user.hashedPassword != null
    || user.hashedPasswordFile != null
    || user.password != null
    || user.openssh.authorizedKeys.keys != [ ]
    || user.openssh.authorizedKeys.keyFiles != [ ];
  assertions = [
    {
      assertion = config.fileSystems ? "/";
      message = "The ‘fileSystems’ option does not specify your root file system.";
    }
    {
      assertion = usesZfs -> config.networking.hostId != null;
      message = "ZFS requires networking.hostId to be set";
    }
    {
      assertion = config.networking.hostId == null || builtins.match "[0-9a-fA-F]{8}" config.networking.hostId != null;
      message = "Invalid value given to the networking.hostId option.";
    }
    {
      assertion = config.users.mutableUsers || config.users.allowNoPasswordLogin || any canLogIn (attrValues admins);
      message = "Neither the root account nor any wheel user has a password or SSH authorized key.\nYou must set one to prevent being locked out of your system.";
    }
    {
      assertion = sanoid.enable -> sanoid.datasets != { };
      message = "services.sanoid.enable without a dataset does nothing";
    }
    {
      # A type in NixOS, which the words of the manual do not tell.
      assertion = lib.all (set: lib.all (name: sanoid.templates ? ${name}) set.useTemplate) (attrValues sanoid.datasets);
      message = "services.sanoid.datasets: useTemplate names a template that is not in services.sanoid.templates";
    }
    {
      assertion = config.systemd.network.networks == { } || config.networking.useNetworkd || config.systemd.network.enable;
      message = "systemd.network.networks without networking.useNetworkd does nothing";
    }
  ]
  ++ mapAttrsToList (name: user: {
    assertion = name == "root" || user.isNormalUser != user.isSystemUser;
    message = "Exactly one of users.users.${name}.isSystemUser and users.users.${name}.isNormalUser must be set.";
  }) config.users.users
  ++ mapAttrsToList (name: device: {
    assertion = !config.boot.initrd.systemd.enable || !device.fallbackToPassword;
    message = "boot.initrd.luks.devices.${name}.fallbackToPassword is implied by systemd stage 1.";
  }) config.boot.initrd.luks.devices;
in
{
  inherit assertions;
}
