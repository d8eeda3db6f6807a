# The disks, as disko formatted them during the install. NixOS reads the mounts from here too.
# Running disko in mode `destroy` erases every disk listed below.
let
  pool = "rpool";
in
{
  disko.devices = {
    disk = {
      a = {
        type = "disk";
        device = "/dev/disk/by-id/virtio-keystone-a";
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
              size = "512M";
              content = {
                type = "swap";
                # A new random key at each boot: nothing that was swapped out can be read later.
                randomEncryption = true;
                mountOptions = [ "nofail" ];
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
        device = "/dev/disk/by-id/virtio-keystone-b";
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
                ];
              };
            };
            swap = {
              size = "512M";
              content = {
                type = "swap";
                # A new random key at each boot: nothing that was swapped out can be read later.
                randomEncryption = true;
                mountOptions = [ "nofail" ];
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
            mode = "";
            members = [
              "a"
              "b"
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
      # Lets `disko --mode mount` open an installed system.
      preMountHook = ''
        if ! zpool list "${pool}" >/dev/null 2>&1; then
          zpool import -N -R /mnt "${pool}"
          udevadm settle --timeout=30
        fi
      '';
      datasets = {
        # Nothing below is encrypted.
        system = {
          type = "zfs_fs";
          options = {
            canmount = "off";
            mountpoint = "none";
          };
        };
        "system/root" = {
          type = "zfs_fs";
          mountpoint = "/";
          options.mountpoint = "legacy";
        };
        "system/nix" = {
          type = "zfs_fs";
          mountpoint = "/nix";
          options.mountpoint = "legacy";
        };
        "system/var" = {
          type = "zfs_fs";
          mountpoint = "/var";
          options.mountpoint = "legacy";
        };
        "system/etcd" = {
          type = "zfs_fs";
          mountpoint = "/var/lib/etcd";
          options.mountpoint = "legacy";
        };
        "system/kubernetes" = {
          type = "zfs_fs";
          mountpoint = "/var/lib/kubernetes";
          options.mountpoint = "legacy";
        };
      };
    };
  };
}
