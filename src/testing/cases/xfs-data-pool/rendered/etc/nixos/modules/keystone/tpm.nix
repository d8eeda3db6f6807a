# Unlocking by the TPM. The installer has enrolled it; here the initrd is told to ask it. `keystone tpm status` says
# whether it gives the key, `keystone tpm re-enroll` gives it a new one.
{ config, lib, ... }:

let
  cfg = config.keystone.tpm;
  inherit (config.keystone.storage) isEncrypted luksName;
in
{
  options.keystone.tpm = {
    unlock = lib.mkOption {
      type = lib.types.bool;
      default = false;
      description = ''
        Ask the TPM2 for the key at boot. When it does not give it, the passphrase is asked for; that always works.

        The TPM gives the key only while PCR 7 has the value that it had when the key was enrolled. PCR 7 says whether
        Secure Boot is on, and whose signatures it accepts. It changes when Secure Boot is turned on or off or its keys
        change, and with some firmware updates: enrol the TPM again then (README.md, "Keys"). It does not change with a
        new kernel.

        What PCR 7 does not say is which program was started. Without Secure Boot, somebody who has the whole machine
        can start a program of his own, and the TPM gives it the key: then it protects a disk that is taken out of the
        machine, and no more. Set {option}`keystone.secureBoot.enable` where that matters, or
        {option}`keystone.tpm.pin`.
      '';
    };

    pin = lib.mkOption {
      type = lib.types.bool;
      default = false;
      description = ''
        The TPM gives the key only with a PIN, which is asked for at boot. After five wrong ones the passphrase is
        asked for. The TPM counts them, and locks itself for some hours when there were too many. Enrol the TPM again
        after a change of this option.
      '';
    };
  };

  config = lib.mkMerge [
    {
      assertions = [
        {
          assertion = cfg.unlock -> isEncrypted;
          message = "keystone.tpm.unlock needs an encrypted disk: without one there is no key that the TPM could keep.";
        }
        {
          assertion = cfg.pin -> cfg.unlock;
          message = "keystone.tpm.pin goes with keystone.tpm.unlock: the PIN is asked for by the TPM.";
        }
      ];
    }

    (lib.mkIf (cfg.unlock && isEncrypted) {
      security.tpm2.enable = true;
      boot.initrd.systemd.tpm2.enable = true;
      # Added to what disko-config.nix says about this volume. Which PCR and whether there is a PIN stands in the
      # volume's header. A TPM that is broken is waited for 30 seconds, then the passphrase is asked for.
      boot.initrd.luks.devices.${luksName}.crypttabExtraOpts = [ "tpm2-device=auto" ];
    })

    (lib.mkIf (cfg.unlock && cfg.pin && isEncrypted) {
      # Since systemd 258 the plug-ins of libcryptsetup are tried first, and by them a wrong PIN is asked for again and
      # again, without a way to the passphrase. systemd's own code gives up after five.
      boot.initrd.systemd.services."systemd-cryptsetup@${luksName}" = {
        # The unit itself is made by a generator.
        overrideStrategy = "asDropin";
        environment.SYSTEMD_CRYPTSETUP_USE_TOKEN_MODULE = "0";
      };
    })
  ];
}
