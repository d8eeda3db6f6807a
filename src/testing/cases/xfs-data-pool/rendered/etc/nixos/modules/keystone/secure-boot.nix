# Secure Boot: the firmware starts only what is signed with this machine's own key. Off until the owner turns it on,
# because the firmware must be put into setup mode by hand (README.md, "Secure Boot").
{
  config,
  lib,
  pkgs,
  ...
}:

let
  cfg = config.keystone.secureBoot;
  bootEsp = config.boot.loader.efi.efiSysMountPoint;
in
{
  options.keystone.secureBoot = {
    enable = lib.mkOption {
      type = lib.types.bool;
      default = false;
      description = ''
        Have each kernel and initrd signed by lanzaboote, with keys that are made on the machine at the next boot. The
        firmware starts nothing else once these keys are enrolled.
      '';
    };

    enrollKeys = lib.mkOption {
      type = lib.types.bool;
      default = true;
      description = ''
        Have the boot loader enrol the keys when the firmware is in setup mode. Microsoft's keys are enrolled as well:
        network and graphics cards carry firmware signed with them, and some machines do not start without.
      '';
    };

    pkiBundle = lib.mkOption {
      type = lib.types.strMatching "/[A-Za-z0-9_./-]+";
      default = "/var/lib/sbctl";
      description = "Where the keys lie: on the encrypted disk, readable by root alone, never in the Nix store.";
    };
  };

  config = lib.mkIf cfg.enable {
    assertions = [
      {
        assertion = config.boot.loader.efi.canTouchEfiVariables;
        message = "keystone.secureBoot.enable needs boot.loader.efi.canTouchEfiVariables.";
      }
    ];

    environment.systemPackages = [ pkgs.sbctl ];

    # It is lanzaboote that installs the boot loader.
    boot.loader.systemd-boot.enable = lib.mkForce false;

    boot.lanzaboote = {
      enable = true;
      inherit (cfg) pkiBundle;
      autoGenerateKeys.enable = true;
      autoEnrollKeys.enable = cfg.enrollKeys;
      # Each disk boots alone.
      extraEfiSysMountPoints = lib.filter (esp: esp != bootEsp) config.keystone.storage.espMountpoints;
    };
  };
}
