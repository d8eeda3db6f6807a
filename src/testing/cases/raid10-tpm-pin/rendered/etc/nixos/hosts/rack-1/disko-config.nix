# The disks, as disko formatted them during the install. NixOS reads the mounts from here too.
# Running disko in mode `destroy` erases every disk listed below.
let
  pool = "rpool";
  credstore = "credstore";
  credstoreDirectory = "/run/keystone-credstore";
  poolKey = "/run/keystone-credstore/rpool-crypt.key";

  # A zvol keeps the kernel busy as long as a mapping lies on it: exporting the pool would hang for good.
  # udev may hold the mapping open for a moment, so try again.
  closeCredstore = ''
    if mountpoint -q "${credstoreDirectory}"; then
      umount "${credstoreDirectory}"
    fi
    for attempt in 1 2 3 4 5 6 7 8 9 10; do
      if ! cryptsetup status "${credstore}" >/dev/null; then
        break
      fi
      udevadm settle --timeout=30
      cryptsetup close "${credstore}" || sleep 1
    done
    if cryptsetup status "${credstore}" >/dev/null; then
      echo "the credstore cannot be closed" >&2
      exit 1
    fi
  '';
in
{
  disko.devices = {
    disk = {
      a = {
        type = "disk";
        device = "/dev/disk/by-id/nvme-SAMSUNG_MZQL27T6HBLA-00A07_PHLJ00007P6DGN";
        content = {
          type = "gpt";
          partitions = {
            esp = {
              size = "2048M";
              type = "EF00";
              content = {
                type = "filesystem";
                format = "vfat";
                mountpoint = "/boot";
                mountOptions = [
                  # Kernels and the boot loader's random seed are nobody's business but root's.
                  "umask=0077"
                  # Any disk may be missing: that must not stop the boot.
                  "nofail"
                ];
              };
            };
            zfs = {
              size = "100%";
              content = {
                type = "zfs";
                inherit pool;
              };
            };
          };
        };
      };
      b = {
        type = "disk";
        device = "/dev/disk/by-id/nvme-SAMSUNG_MZQL27T6HBLA-00A07_PHLJ00017P6DGN";
        content = {
          type = "gpt";
          partitions = {
            esp = {
              size = "2048M";
              type = "EF00";
              content = {
                type = "filesystem";
                format = "vfat";
                mountpoint = "/boot2";
                mountOptions = [
                  # Kernels and the boot loader's random seed are nobody's business but root's.
                  "umask=0077"
                  # Any disk may be missing: that must not stop the boot.
                  "nofail"
                ];
              };
            };
            zfs = {
              size = "100%";
              content = {
                type = "zfs";
                inherit pool;
              };
            };
          };
        };
      };
      c = {
        type = "disk";
        device = "/dev/disk/by-id/nvme-SAMSUNG_MZQL27T6HBLA-00A07_PHLJ00027P6DGN";
        content = {
          type = "gpt";
          partitions = {
            esp = {
              size = "2048M";
              type = "EF00";
              content = {
                type = "filesystem";
                format = "vfat";
                mountpoint = "/boot3";
                mountOptions = [
                  # Kernels and the boot loader's random seed are nobody's business but root's.
                  "umask=0077"
                  # Any disk may be missing: that must not stop the boot.
                  "nofail"
                ];
              };
            };
            zfs = {
              size = "100%";
              content = {
                type = "zfs";
                inherit pool;
              };
            };
          };
        };
      };
      d = {
        type = "disk";
        device = "/dev/disk/by-id/nvme-SAMSUNG_MZQL27T6HBLA-00A07_PHLJ00037P6DGN";
        content = {
          type = "gpt";
          partitions = {
            esp = {
              size = "2048M";
              type = "EF00";
              content = {
                type = "filesystem";
                format = "vfat";
                mountpoint = "/boot4";
                mountOptions = [
                  # Kernels and the boot loader's random seed are nobody's business but root's.
                  "umask=0077"
                  # Any disk may be missing: that must not stop the boot.
                  "nofail"
                ];
              };
            };
            zfs = {
              size = "100%";
              content = {
                type = "zfs";
                inherit pool;
              };
            };
          };
        };
      };
      e = {
        type = "disk";
        device = "/dev/disk/by-id/nvme-SAMSUNG_MZQL27T6HBLA-00A07_PHLJ00047P6DGN";
        content = {
          type = "gpt";
          partitions = {
            esp = {
              size = "2048M";
              type = "EF00";
              content = {
                type = "filesystem";
                format = "vfat";
                mountpoint = "/boot5";
                mountOptions = [
                  # Kernels and the boot loader's random seed are nobody's business but root's.
                  "umask=0077"
                  # Any disk may be missing: that must not stop the boot.
                  "nofail"
                ];
              };
            };
            zfs = {
              size = "100%";
              content = {
                type = "zfs";
                inherit pool;
              };
            };
          };
        };
      };
      f = {
        type = "disk";
        device = "/dev/disk/by-id/nvme-SAMSUNG_MZQL27T6HBLA-00A07_PHLJ00057P6DGN";
        content = {
          type = "gpt";
          partitions = {
            esp = {
              size = "2048M";
              type = "EF00";
              content = {
                type = "filesystem";
                format = "vfat";
                mountpoint = "/boot6";
                mountOptions = [
                  # Kernels and the boot loader's random seed are nobody's business but root's.
                  "umask=0077"
                  # Any disk may be missing: that must not stop the boot.
                  "nofail"
                ];
              };
            };
            zfs = {
              size = "100%";
              content = {
                type = "zfs";
                inherit pool;
              };
            };
          };
        };
      };
      g = {
        type = "disk";
        device = "/dev/disk/by-id/nvme-SAMSUNG_MZQL27T6HBLA-00A07_PHLJ00067P6DGN";
        content = {
          type = "gpt";
          partitions = {
            esp = {
              size = "2048M";
              type = "EF00";
              content = {
                type = "filesystem";
                format = "vfat";
                mountpoint = "/boot7";
                mountOptions = [
                  # Kernels and the boot loader's random seed are nobody's business but root's.
                  "umask=0077"
                  # Any disk may be missing: that must not stop the boot.
                  "nofail"
                ];
              };
            };
            zfs = {
              size = "100%";
              content = {
                type = "zfs";
                inherit pool;
              };
            };
          };
        };
      };
      h = {
        type = "disk";
        device = "/dev/disk/by-id/nvme-SAMSUNG_MZQL27T6HBLA-00A07_PHLJ00077P6DGN";
        content = {
          type = "gpt";
          partitions = {
            esp = {
              size = "2048M";
              type = "EF00";
              content = {
                type = "filesystem";
                format = "vfat";
                mountpoint = "/boot8";
                mountOptions = [
                  # Kernels and the boot loader's random seed are nobody's business but root's.
                  "umask=0077"
                  # Any disk may be missing: that must not stop the boot.
                  "nofail"
                ];
              };
            };
            zfs = {
              size = "100%";
              content = {
                type = "zfs";
                inherit pool;
              };
            };
          };
        };
      };
    };

    zpool.${pool} = {
      type = "zpool";
      mode.topology = {
        type = "topology";
        vdev = [
          {
            mode = "mirror";
            members = [
              "a"
              "b"
            ];
          }
          {
            mode = "mirror";
            members = [
              "c"
              "d"
            ];
          }
          {
            mode = "mirror";
            members = [
              "e"
              "f"
            ];
          }
          {
            mode = "mirror";
            members = [
              "g"
              "h"
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
      # Lets `disko --mode mount` open an installed system: the pool first, the key from the credstore after it.
      preMountHook = ''
        if ! zpool list "${pool}" >/dev/null 2>&1; then
          zpool import -N -R /mnt "${pool}"
          udevadm settle --timeout=30
        fi
      '';
      datasets = {
        # A small LUKS volume that holds the key of everything else. LUKS brings what ZFS lacks: several ways to
        # unlock (TPM, passphrase, recovery key), each of which can be replaced.
        # disko creates datasets in the order of their names: credstore comes before crypt.
        ${credstore} = {
          type = "zfs_volume";
          size = "100M";
          content = {
            type = "luks";
            name = credstore;
            # Read once, while formatting; it lies in memory and is gone after the install.
            passwordFile = "/run/keystone/passphrase";
            settings.crypttabExtraOpts = [
              # A typing mistake must not end in a machine that does not boot: ask again, as often as it takes.
              # What was wrong once is not tried again by itself.
              "tries=0"
              "password-cache=no"
              # The credstore appears when the pool is imported, and that waits for slow disks.
              "x-systemd.device-timeout=5min"
            ];
            content = {
              type = "filesystem";
              format = "ext4";
            };
          };
        };
        crypt = {
          type = "zfs_fs";
          options = {
            mountpoint = "none";
            encryption = "aes-256-gcm";
            keyformat = "raw";
            keylocation = "file://${poolKey}";
          };
          # The key is made here and never leaves the credstore. An existing one is kept.
          preCreateHook = ''
            mkdir -p -m 0700 "${credstoreDirectory}"
            mount -t ext4 "/dev/mapper/${credstore}" "${credstoreDirectory}"
            if [ ! -s "${poolKey}" ]; then
              (umask 077; head -c 32 /dev/urandom >"${poolKey}")
              sync -f "${poolKey}"
            fi
          '';
          postCreateHook = closeCredstore;
          preMountHook = ''
            mkdir -p -m 0700 "${credstoreDirectory}"
            mount -t ext4 -o ro "/dev/mapper/${credstore}" "${credstoreDirectory}"
          '';
          postMountHook = closeCredstore;
        };
        "crypt/root" = {
          type = "zfs_fs";
          mountpoint = "/";
          options.mountpoint = "legacy";
        };
        "crypt/nix" = {
          type = "zfs_fs";
          mountpoint = "/nix";
          options.mountpoint = "legacy";
        };
        "crypt/var" = {
          type = "zfs_fs";
          mountpoint = "/var";
          options.mountpoint = "legacy";
        };
        "crypt/etcd" = {
          type = "zfs_fs";
          mountpoint = "/var/lib/etcd";
          options.mountpoint = "legacy";
        };
        "crypt/kubernetes" = {
          type = "zfs_fs";
          mountpoint = "/var/lib/kubernetes";
          options.mountpoint = "legacy";
        };
      };
    };
  };
}
