# Stands in for NixOS's minimal installation medium when the image is evaluated without nixpkgs: the options that only
# installation media have, and what the medium sets for options that the image sets too, with the strength it has there.
# A missing mkForce in the image is a conflict here as well.
{ lib, ... }:

{
  options.system.installer.channel.enable = lib.mkOption {
    type = lib.types.bool;
    default = true;
  };

  config = {
    boot.loader.timeout = 10;
    boot.supportedFilesystems.zfs = lib.mkDefault true;
    image.baseName = "nixos-minimal-26.05-x86_64-linux";
    isoImage.edition = lib.mkDefault "minimal";
    isoImage.makeEfiBootable = true;
    isoImage.makeUsbBootable = true;
    networking.hostId = lib.mkDefault "8425e349";
    services.getty.autologinUser = "nixos";
    services.getty.helpLine = "The nixos and root accounts have empty passwords.";
    services.openssh.enable = lib.mkDefault true;
    services.openssh.settings.PermitRootLogin = lib.mkDefault "yes";
    system.stateVersion = lib.mkDefault "26.05";
    systemd.services.sshd.wantedBy = lib.mkForce [ "multi-user.target" ];
  };
}
