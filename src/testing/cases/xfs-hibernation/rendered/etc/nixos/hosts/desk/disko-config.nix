# The disks, as disko formatted them during the install. NixOS reads the mounts from here too.
# Running disko in mode `destroy` erases every disk listed below.
{
  disko.devices = {
    disk = {
      a = {
        type = "disk";
        device = "/dev/disk/by-id/nvme-KINGSTON_OM8PGP4512N-A0_50026B7686A1B2C3";
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
    };
  };
}
