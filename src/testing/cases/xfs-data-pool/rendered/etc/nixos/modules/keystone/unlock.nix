# How the system's disks are opened at boot. On ZFS: import the pool, open the credstore (TPM or passphrase), check that
# all that will be mounted is encrypted by our key, load that key from the credstore, close the credstore, mount.
# Without encryption: import the pool that lies on our own partitions, mount. On ext4 and XFS there is one LUKS volume
# or none, and NixOS's own units open and mount it.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  inherit (config.keystone) storage;
  inherit (storage) isEncrypted;
  isZfs = storage.pool != null;
  cryptsetupUnit = "systemd-cryptsetup@${storage.luksName}.service";

  datasets = lib.escapeShellArgs (lib.attrNames storage.datasets);
  scripts = import ./pool-scripts.nix { inherit lib; };

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
    { boot.initrd.systemd.enable = true; }

    (lib.mkIf isEncrypted {
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
    })

    (lib.mkIf isZfs {
      boot.initrd.systemd.services = {
        # The stock unit neither waits for the credstore nor knows about it, and takes any pool of that name.
        "zfs-import-${storage.pool}".enable = false;

        keystone-import-pool = oneshot // {
          description = "Import the pool of the system";
          wants = [ "cryptsetup-pre.target" ];
          after = [
            "systemd-modules-load.service"
            "systemd-udevd.service"
          ];
          # With encryption it is the key that the root waits for.
          requiredBy = lib.optional (!isEncrypted) "sysroot.mount";
          before = [
            "cryptsetup-pre.target"
            "shutdown.target"
            "zfs-import.target"
          ]
          ++ lib.optional (!isEncrypted) "sysroot.mount";
          script = ''
            ${scripts.say}
            ${scripts.importPool {
              inherit (storage) members pool;
              trustsName = isEncrypted;
            }}
            import_pool
          '';
        };
      };
    })

    (lib.mkIf (isZfs && isEncrypted) {
      # The credstore holds an ext4; nothing else would bring its driver into the initrd.
      boot.initrd.supportedFilesystems.ext4 = true;

      boot.initrd.systemd = {
        extraBin.cryptsetup = "${pkgs.cryptsetup}/bin/cryptsetup";

        services = {
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
              ${scripts.say}
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

              # The TPM opens the credstore whatever pool it is on.
              ${scripts.expect}
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
