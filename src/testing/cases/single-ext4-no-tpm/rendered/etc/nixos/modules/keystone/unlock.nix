# How the encryption is unlocked at boot. On ZFS: import the pool, open the credstore (TPM or passphrase), check that
# all that will be mounted is encrypted by our key, load that key from the credstore, close the credstore, mount. On
# ext4 there is one LUKS volume, and NixOS's own units open it.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  inherit (config.keystone) storage;
  isZfs = storage.pool != null;
  cryptsetupUnit = "systemd-cryptsetup@${storage.luksName}.service";

  datasets = lib.escapeShellArgs (lib.attrNames storage.datasets);

  # Into the journal and on the screens: without this line somebody would look at a boot that just stops.
  say = ''
    say() {
      echo "keystone: $1" >&2
      for screen in /dev/console /dev/tty0; do
        echo "keystone: $1" 2>/dev/null >"$screen" || :
      done
    }
  '';

  oneshot = {
    conflicts = [ "shutdown.target" ];
    unitConfig.DefaultDependencies = false;
    serviceConfig = {
      Type = "oneshot";
      RemainAfterExit = true;
    };
  };
in
{
  config = lib.mkMerge [
    {
      boot.initrd.systemd.enable = true;

      boot.initrd.systemd.services.keystone-unlock-report = oneshot // {
        description = "Note how the disk was unlocked";
        wants = lib.optional isZfs "keystone-load-key.service";
        after = [ (if isZfs then "keystone-load-key.service" else cryptsetupUnit) ];
        wantedBy = [ "initrd-root-fs.target" ];
        before = [
          "initrd-root-fs.target"
          "shutdown.target"
        ];
        # systemd starts the console's agent only when there is a question. The phase first-boot reads the result.
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

    (lib.mkIf isZfs {
      boot.zfs = {
        # Without force a pool that another machine uses is left alone. Way out: zfs_force=1 on the kernel's line, or
        # import and export it once in a rescue system (README.md, "Rescue").
        forceImportRoot = false;
        # The unit below loads the key, the stock one would ask for it.
        requestEncryptionCredentials = false;
      };

      # The credstore holds an ext4; nothing else would bring its driver into the initrd.
      boot.initrd.supportedFilesystems.ext4 = true;

      boot.initrd.systemd = {
        extraBin.cryptsetup = "${pkgs.cryptsetup}/bin/cryptsetup";

        services = {
          # The stock unit neither waits for the credstore nor knows about it.
          "zfs-import-${storage.pool}".enable = false;

          keystone-import-pool = oneshot // {
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
            script = ''
              ${say}
              pool=${lib.escapeShellArg storage.pool}

              force=
              for word in $(cat /proc/cmdline); do
                case "$word" in
                  zfs_force | zfs_force=1) force=-f ;;
                esac
              done

              all_here() {
                for member in ${lib.escapeShellArgs storage.members}; do
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
                say "a disk of the pool $pool is missing, trying without it"
              fi

              # -N: nothing is mounted yet.
              for attempt in $(seq 30); do
                if zpool import -N $force -d /dev/disk/by-id "$pool"; then exit 0; fi
                sleep 1
              done
              say "the pool $pool cannot be imported, the journal has the reason"
              exit 1
            '';
          };

          keystone-load-key = oneshot // {
            description = "Load the key of the pool from the credstore";
            requires = [ "keystone-import-pool.service" ];
            # Wants, not requires: the mapping is closed below, and that must not pull this unit down.
            wants = [ cryptsetupUnit ];
            after = [
              "keystone-import-pool.service"
              cryptsetupUnit
            ];
            requiredBy = [ "sysroot.mount" ];
            before = [
              "shutdown.target"
              "sysroot.mount"
            ];
            script = ''
              ${say}
              encryption_root=${lib.escapeShellArg storage.encryptionRoot}
              credstore=${lib.escapeShellArg storage.luksName}
              key=${lib.escapeShellArg storage.poolKeyFile}

              # A zvol with an open mapping blocks the export of its pool, and nobody who gets in later shall find the
              # key: the credstore is open for this moment only.
              close_credstore() {
                umount "''${key%/*}" 2>/dev/null || :
                for attempt in $(seq 20); do
                  if ! cryptsetup status "$credstore" >/dev/null; then return 0; fi
                  udevadm settle --timeout=10
                  cryptsetup close "$credstore" || sleep 1
                done
                say "the credstore could not be closed"
              }
              trap close_credstore EXIT

              # Somebody who changed the disk could offer a dataset of his own in place of ours, without encryption or
              # under a key of his, and the TPM would open the credstore all the same.
              expect() { # DATASET PROPERTY VALUE
                found=$(zfs get -H -o value "$2" "$1") || found=missing
                if [ "$found" != "$3" ]; then
                  say "$1: $2 is $found and not $3. This is not the pool that was installed, nothing is mounted"
                  exit 1
                fi
              }
              expect "$encryption_root" keyformat raw
              for dataset in "$encryption_root" ${datasets}; do
                expect "$dataset" encryptionroot "$encryption_root"
              done

              mkdir -p -m 0700 "''${key%/*}"
              mount -t ext4 -o ro,nodev,noexec,nosuid "/dev/mapper/$credstore" "''${key%/*}"
              if ! zfs load-key -L "file://$key" "$encryption_root"; then
                say "the key in the credstore does not open $encryption_root, nothing is mounted"
                exit 1
              fi
              # The key fits only what was encrypted with it, and each dataset says that it does.
              for dataset in "$encryption_root" ${datasets}; do
                expect "$dataset" keystatus available
              done
            '';
          };
        };
      };
    })
  ];
}
