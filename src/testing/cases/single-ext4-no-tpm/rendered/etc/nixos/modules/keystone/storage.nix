# How the encrypted disk is unlocked at boot: by the TPM or the passphrase, both keys of the same LUKS volume.
{ ... }:

let
  luksName = "cryptroot";
in
{
  boot.initrd.systemd.enable = true;

  boot.initrd.systemd.services.keystone-unlock-report = {
    description = "Note how the disk was unlocked";
    after = [ "systemd-cryptsetup@${luksName}.service" ];
    wantedBy = [ "initrd-root-fs.target" ];
    before = [
      "initrd-root-fs.target"
      "shutdown.target"
    ];
    conflicts = [ "shutdown.target" ];
    unitConfig.DefaultDependencies = false;
    serviceConfig.Type = "oneshot";
    # systemd starts the console's agent only when there is a question. The phase first-boot reads the answer.
    script = ''
      asked=$(systemctl show --value --property=InactiveExitTimestampMonotonic systemd-ask-password-console.service)
      if [ "$asked" = 0 ]; then
        echo '{"passphraseAsked":false}' >/run/keystone-unlock.json
      else
        echo '{"passphraseAsked":true}' >/run/keystone-unlock.json
      fi
    '';
  };
}
