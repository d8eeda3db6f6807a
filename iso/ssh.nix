# ssh is there but off. `keystone-ssh` (iso/units) starts it with a password of this boot; keystone.ssh on the kernel line
# does that at boot.
{ lib, pkgs, ... }:
{
  services.openssh = {
    enable = true;
    settings = {
      # Root is the only user, and has a password only once keystone-ssh has made one.
      PermitRootLogin = lib.mkForce "yes";
      AllowUsers = [ "root" ];
      PasswordAuthentication = lib.mkForce true;
      KbdInteractiveAuthentication = lib.mkForce false;
      # What NixOS's medium allows on its consoles.
      PermitEmptyPasswords = lib.mkForce false;
    };
    openFirewall = true;
  };
  # chpasswd and ssh-keygen are what keystone-ssh calls.
  environment.systemPackages = [
    pkgs.openssh
    pkgs.shadow
  ];
  # Stronger than mkForce: the medium's own profile decides this with mkForce in some releases.
  systemd.services.sshd.wantedBy = lib.mkOverride 40 [ ];
}
