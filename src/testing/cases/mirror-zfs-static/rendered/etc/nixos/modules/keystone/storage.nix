# How the encrypted pool is unlocked at boot: import the pool, open the credstore (TPM or passphrase), take the
# pool's key out of it, close it again, mount.
{ pkgs, ... }:

let
  pool = "rpool";
  credstore = "credstore";
  credstoreDirectory = "/run/keystone-credstore";
  poolKey = "/run/keystone-credstore/rpool-crypt.key";
  encryptionRoot = "${pool}/crypt";
  # What is mounted from the pool. Nothing else may be mounted in its place.
  datasets = map (name: "${pool}/${name}") [
    "crypt/root"
    "crypt/nix"
    "crypt/var"
    "crypt/etcd"
    "crypt/kubernetes"
  ];
  members = map (disk: "/dev/disk/by-partlabel/disk-${disk}-zfs") [
    "a"
    "b"
  ];
  extraEsps = [ "/boot2" ];
in
{
  boot.initrd.systemd = {
    enable = true;
    # The stock unit neither waits for the credstore nor knows about it.
    services."zfs-import-${pool}".enable = false;
    extraBin.cryptsetup = "${pkgs.cryptsetup}/bin/cryptsetup";
  };

  boot.zfs = {
    # Without force a pool that another machine uses is left alone. Way out: zfs_force=1 on the kernel command line.
    forceImportRoot = false;
    # The unit below loads the key, the stock one would ask for it.
    requestEncryptionCredentials = false;
  };

  boot.initrd.systemd.services.keystone-import-pool = {
    description = "Import the pool of the system";
    wants = [ "cryptsetup-pre.target" ];
    after = [
      "systemd-modules-load.service"
      "systemd-udevd.service"
    ];
    before = [
      "cryptsetup-pre.target"
      "shutdown.target"
      "zfs-import.target"
    ];
    conflicts = [ "shutdown.target" ];
    unitConfig.DefaultDependencies = false;
    serviceConfig = {
      Type = "oneshot";
      RemainAfterExit = true;
    };
    script = ''
      force=
      for word in $(cat /proc/cmdline); do
        case "$word" in
          zfs_force | zfs_force=1) force=-f ;;
        esac
      done

      all_here() {
        for member in ${toString members}; do
          [ -e "$member" ] || return 1
        done
      }

      # A disk that comes late would be left out of the pool, so wait for all of them, but not for ever:
      # a mirror works without one.
      for second in $(seq 30); do
        if all_here; then break; fi
        sleep 1
      done
      if ! all_here; then
        echo "a disk of pool ${pool} is missing, trying without it" >&2
      fi

      # -N: nothing is mounted yet.
      for attempt in $(seq 30); do
        if zpool import -N $force -d /dev/disk/by-id "${pool}"; then exit 0; fi
        sleep 1
      done
      exit 1
    '';
  };

  boot.initrd.systemd.services.keystone-load-key = {
    description = "Load the key of the pool from the credstore";
    requires = [ "keystone-import-pool.service" ];
    # Wants, not requires: the mapping is closed below, and that must not pull this unit down.
    wants = [ "systemd-cryptsetup@${credstore}.service" ];
    after = [
      "keystone-import-pool.service"
      "systemd-cryptsetup@${credstore}.service"
    ];
    requiredBy = [ "sysroot.mount" ];
    before = [
      "shutdown.target"
      "sysroot.mount"
    ];
    conflicts = [ "shutdown.target" ];
    unitConfig.DefaultDependencies = false;
    serviceConfig = {
      Type = "oneshot";
      RemainAfterExit = true;
    };
    script = ''
      # A zvol with an open mapping blocks the export of its pool, so the credstore is open for this moment only.
      close_credstore() {
        umount "${credstoreDirectory}" 2>/dev/null || :
        for attempt in $(seq 20); do
          if ! cryptsetup status "${credstore}" >/dev/null; then return 0; fi
          udevadm settle --timeout=10
          cryptsetup close "${credstore}" || sleep 1
        done
      }
      trap close_credstore EXIT

      # Somebody who changed the disk could offer a data set without encryption in place of ours.
      for dataset in "${encryptionRoot}" ${toString datasets}; do
        root=$(zfs get -H -o value encryptionroot "$dataset")
        if [ "$root" != "${encryptionRoot}" ]; then
          echo "$dataset is encrypted by '$root' and not by ${encryptionRoot}: not mounting it" >&2
          exit 1
        fi
      done

      mkdir -p -m 0700 "${credstoreDirectory}"
      mount -t ext4 -o ro,nodev,noexec,nosuid "/dev/mapper/${credstore}" "${credstoreDirectory}"
      zfs load-key -L "file://${poolKey}" "${encryptionRoot}"
    '';
  };

  boot.initrd.systemd.services.keystone-unlock-report = {
    description = "Note how the disk was unlocked";
    wants = [ "keystone-load-key.service" ];
    after = [ "keystone-load-key.service" ];
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

  # The hash of the admin's password lies on /var and is read while users are made, before other mounts.
  fileSystems."/var".neededForBoot = true;

  # Reads all data once a month, finds what rotted and repairs it from the other disk where there is one.
  services.zfs.autoScrub.enable = true;

  # systemd-boot knows one EFI system partition. The others get a copy, so that either disk boots alone.
  boot.loader.systemd-boot.extraInstallCommands = ''
    for esp in ${toString extraEsps}; do
      if ! ${pkgs.util-linux}/bin/mountpoint -q "$esp"; then
        echo "$esp is not mounted: its copy of the boot loader stays as it is" >&2
        continue
      fi
      # First what /boot no longer has: the room may be needed.
      (cd "$esp" && ${pkgs.findutils}/bin/find . -type f) | while IFS= read -r file; do
        [ -e "/boot/$file" ] || ${pkgs.coreutils}/bin/rm -f "$esp/$file"
      done
      ${pkgs.coreutils}/bin/cp -r --update --preserve=timestamps /boot/. "$esp/"
      ${pkgs.coreutils}/bin/sync -f "$esp"
    done
  '';
}
