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
        device = "/dev/disk/by-id/ata-ST16000NM001G-2KK103_ZL2A00K7";
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
                  # Any disk may be missing: that must not stop the boot.
                  "nofail"
                ];
              };
            };
            swap = {
              size = "4096M";
              content = {
                type = "swap";
                # A new random key at each boot: nothing that was swapped out can be read later.
                randomEncryption = true;
                # Any disk may be missing. systemd waits for its swap all the same, so not for long.
                mountOptions = [
                  "nofail"
                  "x-systemd.device-timeout=60s"
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
        device = "/dev/disk/by-id/ata-ST16000NM001G-2KK103_ZL2A01K7";
        content = {
          type = "gpt";
          partitions = {
            esp = {
              size = "1024M";
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
            swap = {
              size = "4096M";
              content = {
                type = "swap";
                # A new random key at each boot: nothing that was swapped out can be read later.
                randomEncryption = true;
                # Any disk may be missing. systemd waits for its swap all the same, so not for long.
                mountOptions = [
                  "nofail"
                  "x-systemd.device-timeout=60s"
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
        device = "/dev/disk/by-id/ata-ST16000NM001G-2KK103_ZL2A02K7";
        content = {
          type = "gpt";
          partitions = {
            esp = {
              size = "1024M";
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
            swap = {
              size = "4096M";
              content = {
                type = "swap";
                # A new random key at each boot: nothing that was swapped out can be read later.
                randomEncryption = true;
                # Any disk may be missing. systemd waits for its swap all the same, so not for long.
                mountOptions = [
                  "nofail"
                  "x-systemd.device-timeout=60s"
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
        device = "/dev/disk/by-id/ata-ST16000NM001G-2KK103_ZL2A03K7";
        content = {
          type = "gpt";
          partitions = {
            esp = {
              size = "1024M";
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
            swap = {
              size = "4096M";
              content = {
                type = "swap";
                # A new random key at each boot: nothing that was swapped out can be read later.
                randomEncryption = true;
                # Any disk may be missing. systemd waits for its swap all the same, so not for long.
                mountOptions = [
                  "nofail"
                  "x-systemd.device-timeout=60s"
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
        device = "/dev/disk/by-id/ata-ST16000NM001G-2KK103_ZL2A04K7";
        content = {
          type = "gpt";
          partitions = {
            esp = {
              size = "1024M";
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
            swap = {
              size = "4096M";
              content = {
                type = "swap";
                # A new random key at each boot: nothing that was swapped out can be read later.
                randomEncryption = true;
                # Any disk may be missing. systemd waits for its swap all the same, so not for long.
                mountOptions = [
                  "nofail"
                  "x-systemd.device-timeout=60s"
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
        device = "/dev/disk/by-id/ata-ST16000NM001G-2KK103_ZL2A05K7";
        content = {
          type = "gpt";
          partitions = {
            esp = {
              size = "1024M";
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
            swap = {
              size = "4096M";
              content = {
                type = "swap";
                # A new random key at each boot: nothing that was swapped out can be read later.
                randomEncryption = true;
                # Any disk may be missing. systemd waits for its swap all the same, so not for long.
                mountOptions = [
                  "nofail"
                  "x-systemd.device-timeout=60s"
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
      spare1 = {
        type = "disk";
        device = "/dev/disk/by-id/ata-ST16000NM001G-2KK103_ZL2A06K7";
        content = {
          type = "gpt";
          partitions.zfs = {
            size = "100%";
            content = {
              type = "zfs";
              pool = "rpool";
            };
          };
        };
      };
      log1 = {
        type = "disk";
        device = "/dev/disk/by-id/ata-ST16000NM001G-2KK103_ZL2A07K7";
        content = {
          type = "gpt";
          partitions.zfs = {
            size = "100%";
            content = {
              type = "zfs";
              pool = "rpool";
            };
          };
        };
      };
      log2 = {
        type = "disk";
        device = "/dev/disk/by-id/ata-ST16000NM001G-2KK103_ZL2A08K7";
        content = {
          type = "gpt";
          partitions.zfs = {
            size = "100%";
            content = {
              type = "zfs";
              pool = "rpool";
            };
          };
        };
      };
      cache1 = {
        type = "disk";
        device = "/dev/disk/by-id/ata-ST16000NM001G-2KK103_ZL2A09K7";
        content = {
          type = "gpt";
          partitions.zfs = {
            size = "100%";
            content = {
              type = "zfs";
              pool = "rpool";
            };
          };
        };
      };
      special1 = {
        type = "disk";
        device = "/dev/disk/by-id/ata-INTEL_SSDSC2KB480G8_PHYF0010001";
        content = {
          type = "gpt";
          partitions.zfs = {
            size = "100%";
            content = {
              type = "zfs";
              pool = "rpool";
            };
          };
        };
      };
      special2 = {
        type = "disk";
        device = "/dev/disk/by-id/ata-INTEL_SSDSC2KB480G8_PHYF0010002";
        content = {
          type = "gpt";
          partitions.zfs = {
            size = "100%";
            content = {
              type = "zfs";
              pool = "rpool";
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
            mode = "raidz2";
            members = [
              "a"
              "b"
              "c"
              "d"
              "e"
              "f"
            ];
          }
        ];
        # Holds what the pool cannot do without: as safe as the rest.
        special = [
          {
            mode = "mirror";
            members = [
              "special1"
              "special2"
            ];
          }
        ];
        log = [
          {
            mode = "mirror";
            members = [
              "log1"
              "log2"
            ];
          }
        ];
        cache = [
          "cache1"
        ];
        spare = [
          "spare1"
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
