# Unlocking by the TPM. The installer has enrolled it; here the initrd is told to ask it.
{ config, lib, ... }:

let
  cfg = config.keystone.tpm;
  inherit (config.keystone.storage) luksName;
in
{
  options.keystone.tpm.unlock = lib.mkOption {
    type = lib.types.bool;
    default = false;
    description = ''
      Ask the TPM2 for the key at boot. When it does not give it, the passphrase is asked for; that always works.

      The TPM gives the key only while PCR 7 has the value that it had when the key was enrolled. PCR 7 says whether
      Secure Boot is on, and whose signatures it accepts. It changes when Secure Boot is turned on or off or its keys
      change, and with some firmware updates: enrol the TPM again then (README.md, "Keys"). It does not change with a
      new kernel.

      What PCR 7 does not say is which program was started. Without Secure Boot, somebody who can change the EFI system
      partition can start a program of his own, and the TPM gives it the key. Set
      {option}`keystone.secureBoot.enable` where that matters.
    '';
  };

  config = lib.mkIf cfg.unlock {
    security.tpm2.enable = true;
    boot.initrd.systemd.tpm2.enable = true;
    # Added to what disko-config.nix says about this volume.
    boot.initrd.luks.devices.${luksName}.crypttabExtraOpts = [ "tpm2-device=auto" ];
  };
}
