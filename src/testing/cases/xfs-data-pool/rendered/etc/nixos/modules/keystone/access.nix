# Who gets in: the people in this repository, over SSH by key only, and never as root.
{ config, lib, ... }:

let
  cfg = config.keystone.access;
  isAdmin = user: user.group == "wheel" || lib.elem "wheel" user.extraGroups;
  canLogIn =
    user:
    user.openssh.authorizedKeys.keys != [ ]
    || user.openssh.authorizedKeys.keyFiles != [ ]
    || user.hashedPasswordFile != null;
  admins = lib.filter isAdmin (lib.attrValues config.users.users);
in
{
  options.keystone.access.allowLockOut = lib.mkOption {
    type = lib.types.bool;
    default = false;
    description = "Build the system even if no admin could log in to it.";
  };

  config = {
    assertions = [
      {
        assertion = cfg.allowLockOut || lib.any canLogIn admins;
        message = ''
          Nobody could administrate this machine: no member of the group wheel has an SSH key
          (openssh.authorizedKeys.keys) or a file with the hash of a password (hashedPasswordFile). Passwords set by
          hand do not survive a rebuild, because users.mutableUsers is off.
        '';
      }
    ];

    # What is written in this repository is all there is: no user and no password made by hand survives a rebuild.
    users.mutableUsers = false;

    # Only who may use sudo can even start it; it asks for the password.
    security.sudo = {
      execWheelOnly = true;
      wheelNeedsPassword = true;
    };

    services.openssh = {
      enable = true;
      # The one port that is open from the start.
      openFirewall = true;
      # The keys in this repository are all there are: ~/.ssh/authorized_keys is not read.
      authorizedKeysInHomedir = false;
      settings = {
        PermitRootLogin = "no";
        PasswordAuthentication = false;
        KbdInteractiveAuthentication = false;
      };
    };
  };
}
