# The disks, as disko formatted them during the install. NixOS reads the mounts from here too.
# Running disko in mode `destroy` erases every disk listed below.
{
  disko.devices = {
    disk = {
      a = {
        type = "disk";
        device = "/dev/disk/by-id/nvme-KIOXIA_KCD61LUL960G_Y1S0A00ZTPZ8";
        content = {
          type = "gpt";
          partitions = {
            esp = {
              size = "1024M";
              type = "EF00";
              content = {
                type = "filesystem";
                format = "vfat";
                mountpoint = "/boot";
                mountOptions = [
                  # Kernels and the boot loader's random seed are nobody's business but root's.
                  "umask=0077"
                ];
              };
            };
            swap = {
              size = "8192M";
              content = {
                type = "swap";
                # A new random key at each boot: nothing that was swapped out can be read later.
                randomEncryption = true;
                mountOptions = [ "nofail" ];
              };
            };
            root = {
              size = "100%";
              content = {
                type = "luks";
                name = "cryptroot";
                # Read once, while formatting; it lies in memory and is gone after the install.
                passwordFile = "/run/keystone/passphrase";
                settings = {
                  # TRIM shows which blocks are free, not what is in the others.
                  allowDiscards = true;
                  crypttabExtraOpts = [
                    # A typing mistake must not end in a machine that does not boot: ask again, as often as it takes.
                    # What was wrong once is not tried again by itself.
                    "tries=0"
                    "password-cache=no"
                  ];
                };
                content = {
                  type = "filesystem";
                  format = "xfs";
                  mountpoint = "/";
                };
              };
            };
          };
        };
      };
      data1 = {
        type = "disk";
        device = "/dev/disk/by-id/scsi-SWDC_WUH721818AL5204_2BKX0000";
        content = {
          type = "gpt";
          partitions.zfs = {
            size = "100%";
            content = {
              type = "zfs";
              pool = "data";
            };
          };
        };
      };
      data2 = {
        type = "disk";
        device = "/dev/disk/by-id/scsi-SWDC_WUH721818AL5204_2BKX0001";
        content = {
          type = "gpt";
          partitions.zfs = {
            size = "100%";
            content = {
              type = "zfs";
              pool = "data";
            };
          };
        };
      };
    };

    # A second pool on disks of its own. The system boots without it.
    zpool.data =
      let
        pool = "data";
        root = "data/crypt";
        # Where the key is while the disks are formatted, in memory, and where it lies from then on.
        newKey = "/run/keystone/data-pool.key";
        key = "/var/lib/keystone/secrets/data-pool.key";
        # `disko --mode mount` comes here before the root with the key is mounted: the files stay locked then, until
        # `zfs load-key` (README.md, "Rescue").
        skipWhileLocked = ''
          if [ "$(zfs get -H -o value keystatus "${root}")" != available ]; then
            echo "${root} is locked, it is not mounted" >&2
            exit 0
          fi
        '';
      in
      {
        type = "zpool";
        mode.topology = {
          type = "topology";
          vdev = [
            {
              mode = "";
              members = [
                "data1"
                "data2"
              ];
            }
          ];
        };
        options = {
          # 4 KiB blocks, also on disks that claim 512 bytes. It cannot be changed later.
          ashift = "12";
          autotrim = "on";
        };
        rootFsOptions = {
          acltype = "posixacl";
          atime = "off";
          canmount = "off";
          compression = "zstd";
          dnodesize = "auto";
          mountpoint = "none";
          xattr = "sa";
        };
        preMountHook = ''
          if ! zpool list "${pool}" >/dev/null 2>&1; then
            zpool import -N -R /mnt "${pool}"
          fi
        '';
        datasets = {
          crypt = {
            type = "zfs_fs";
            options = {
              mountpoint = "none";
              encryption = "aes-256-gcm";
              keyformat = "raw";
              keylocation = "file://${newKey}";
            };
            preCreateHook = ''
              if ! zfs get type "${root}" >/dev/null 2>&1; then
                mkdir -p -m 0700 "${dirOf newKey}"
                (umask 077; head -c 32 /dev/urandom >"${newKey}")
              fi
            '';
            postCreateHook = ''
              zfs set "keylocation=file://${key}" "${root}"
            '';
            preMountHook = skipWhileLocked;
          };
          "crypt/files" = {
            type = "zfs_fs";
            mountpoint = "/data";
            mountOptions = [ "nofail" ];
            options.mountpoint = "legacy";
            preMountHook = skipWhileLocked;
          };
        };
      };
  };
}
