# The disks, after disko-config.nix: everything here is read from `disko.devices`, so that nothing is said twice.
# How the system's disks are unlocked at boot is in unlock.nix, the pool of the data in data-pool.nix.
{
  config,
  lib,
  ...
}:

let
  cfg = config.keystone.storage;
  devices = config.disko.devices;

  partitionsOf =
    disk:
    lib.mapAttrsToList (name: partition: {
      inherit name;
      # The label that disko gives the partition.
      device = "/dev/disk/by-partlabel/disk-${disk}-${name}";
      inherit (partition) content;
    }) devices.disk.${disk}.content.partitions;
  partitions = lib.concatMap partitionsOf (lib.attrNames devices.disk);
  isType = type: part: (part.content.type or null) == type;
  membersOf =
    name: map (part: part.device) (lib.filter (part: isType "zfs" part && part.content.pool == name) partitions);

  zpools = devices.zpool or { };
  pools = lib.attrNames zpools;
  holdsRoot = name: lib.any (set: (set.mountpoint or null) == "/") (lib.attrValues zpools.${name}.datasets);
  pool = lib.findFirst holdsRoot null pools;
  poolSets = if pool == null then { } else zpools.${pool}.datasets;
  dataPool = if zpools ? data && pool != "data" then "data" else null;
  dataSets = if dataPool == null then { } else zpools.${dataPool}.datasets;
  hasZfs = pool != null || dataPool != null;

  # Also what was added to fileSystems by hand: it must be encrypted like all the rest.
  mountsFrom =
    name:
    lib.filterAttrs (
      _: fs: name != null && fs.fsType == "zfs" && lib.hasPrefix "${name}/" fs.device
    ) config.fileSystems;
  mountPoints =
    name: lib.listToAttrs (lib.mapAttrsToList (path: fs: lib.nameValuePair fs.device path) (mountsFrom name));

  volumes = lib.mapAttrsToList (name: set: {
    device = "/dev/zvol/${pool}/${name}";
    content = set.content or null;
  }) poolSets;
  luks = lib.filter (isType "luks") (volumes ++ partitions);
  isEncrypted = luks != [ ];
  esps = lib.filter (part: isType "filesystem" part && part.content.format == "vfat") partitions;

  bootEsp = "/boot";

  matches = pattern: text: builtins.match pattern text != null;
  partitionNames = map (part: part.name) partitions;
  names = lib.attrNames devices.disk ++ partitionNames ++ pools ++ map (part: part.content.name) luks;
  isAPath = path: path == null || matches "/[A-Za-z0-9_./-]*" path;
  allSets = poolSets // dataSets;
  mountpoints =
    map (set: set.mountpoint or null) (lib.attrValues poolSets ++ lib.attrValues dataSets) ++ cfg.espMountpoints;
  inherit (config.networking) hostId;

  derived =
    option:
    lib.mkOption (
      {
        defaultText = lib.literalExpression "config.disko.devices";
        readOnly = true;
      }
      // option
    );
in
{
  options.keystone.storage = {
    isEncrypted = derived {
      type = lib.types.bool;
      description = "Whether the system's data is encrypted. It is all of it or nothing.";
      default = isEncrypted;
    };

    pool = derived {
      type = lib.types.nullOr lib.types.str;
      description = "The ZFS pool of the system; null when the system lies on ext4 or XFS.";
      default = pool;
    };

    members = derived {
      type = lib.types.listOf lib.types.str;
      description = "The partitions that the pool is made of, spares and caches included.";
      default = if pool == null then [ ] else membersOf pool;
    };

    datasets = derived {
      type = lib.types.attrsOf lib.types.str;
      description = "Each dataset of the pool that is mounted, with its mount point.";
      default = mountPoints pool;
      defaultText = lib.literalExpression "config.fileSystems";
    };

    encryptionRoot = derived {
      type = lib.types.nullOr lib.types.str;
      description = ''
        The dataset whose key encrypts everything that is mounted from the pool; null without a pool or encryption.
      '';
      default = if pool != null && isEncrypted then "${pool}/crypt" else null;
    };

    poolKeyFile = derived {
      type = lib.types.nullOr lib.types.str;
      description = "Where the pool's key is while it is read: on the credstore, mounted for this moment only.";
      default =
        if cfg.encryptionRoot == null then
          null
        else
          lib.removePrefix "file://" poolSets.crypt.options.keylocation;
    };

    luksName = derived {
      type = lib.types.nullOr lib.types.str;
      description = "The LUKS mapping that passphrase, TPM and recovery key open; null without encryption.";
      default = if isEncrypted then (lib.head luks).content.name else null;
    };

    luksDevice = derived {
      type = lib.types.nullOr lib.types.str;
      description = "The device below that mapping: the one to name to systemd-cryptenroll and cryptsetup.";
      default = if isEncrypted then (lib.head luks).device else null;
    };

    espMountpoints = derived {
      type = lib.types.listOf lib.types.str;
      description = ''
        The EFI system partitions, one on each disk of the system. The boot loader is installed to the first, the others
        are copies of it.
      '';
      default = map (part: part.content.mountpoint) esps;
    };

    dataPool = {
      name = derived {
        type = lib.types.nullOr lib.types.str;
        description = "A second pool, on disks of its own, called data; null when there is none.";
        default = dataPool;
      };

      members = derived {
        type = lib.types.listOf lib.types.str;
        description = "The partitions that the second pool is made of.";
        default = if dataPool == null then [ ] else membersOf dataPool;
      };

      datasets = derived {
        type = lib.types.attrsOf lib.types.str;
        description = "Each dataset of the second pool that is mounted, with its mount point.";
        default = mountPoints dataPool;
        defaultText = lib.literalExpression "config.fileSystems";
      };

      encryptionRoot = derived {
        type = lib.types.nullOr lib.types.str;
        description = "The dataset of the second pool whose key encrypts what is mounted; null without encryption.";
        default = if dataSets ? crypt then "${dataPool}/crypt" else null;
      };

      keyFile = lib.mkOption {
        type = lib.types.strMatching "/[A-Za-z0-9_./-]+";
        default = "/var/lib/keystone/secrets/data-pool.key";
        description = "The key of the second pool: on the system's own disks, so encrypted with them.";
      };
    };

    scrubInterval = lib.mkOption {
      type = lib.types.str;
      default = "monthly";
      example = "Sun *-*-01..07 02:00";
      description = ''
        When ZFS reads all data, finds what rotted, and repairs it from the other disk where there is one. A calendar
        expression of systemd.time(7).
      '';
    };

    trimInterval = lib.mkOption {
      type = lib.types.str;
      default = "weekly";
      description = "When the disks are told which blocks are free. A calendar expression of systemd.time(7).";
    };

    zramPercent = lib.mkOption {
      type = lib.types.ints.between 0 100;
      default = 50;
      description = ''
        Compressed swap in memory, as a share of the memory in percent; 0 for none. It is used before the swap on the
        disks.
      '';
    };
  };

  config = lib.mkMerge [
    {
      assertions = [
        {
          assertion = lib.all (name: name == pool || name == dataPool) pools;
          message = ''
            disko-config.nix describes the pools ${toString pools}, but what is known here is the one with the system,
            and a second one called data.
          '';
        }
        {
          assertion = lib.length luks <= 1;
          message = "disko-config.nix must describe one LUKS volume or none, it has ${toString (lib.length luks)}.";
        }
        {
          assertion = lib.elem bootEsp cfg.espMountpoints;
          message = "disko-config.nix must mount one EFI system partition at ${bootEsp}.";
        }
        {
          # disko writes these into shell scripts as they are.
          assertion =
            lib.all (matches "[A-Za-z][A-Za-z0-9_]{0,15}") names
            && lib.all (matches "[A-Za-z0-9_][A-Za-z0-9_./-]*") (lib.attrNames allSets)
            && lib.all isAPath mountpoints;
          message = ''
            disko-config.nix: names of disks, partitions, pools and mappings are letters, digits and _ (at most 16);
            names of datasets and mount points may have ., - and / too.
          '';
        }
        {
          assertion = hostId != null && matches "[0-9A-Fa-f]{8}" hostId;
          message = "networking.hostId must be 8 hexadecimal digits: ZFS knows by it whose pool it is.";
        }
      ];

      boot.loader.efi.efiSysMountPoint = bootEsp;

      zramSwap = {
        enable = cfg.zramPercent > 0;
        memoryPercent = lib.max 1 cfg.zramPercent;
      };
    }

    (lib.mkIf (pool != null) {
      # The hash of the admin's password lies on /var and is read while users are made, before other mounts.
      fileSystems."/var".neededForBoot = true;

      assertions = lib.mapAttrsToList (dataset: path: {
        assertion = isEncrypted -> lib.hasPrefix "${cfg.encryptionRoot}/" dataset;
        message = ''
          fileSystems."${path}": the dataset ${dataset} is not below ${toString cfg.encryptionRoot}. It would not be
          encrypted, and the machine would refuse to boot with it.
        '';
      }) cfg.datasets;
    })

    (lib.mkIf hasZfs {
      # All pools, the second one too.
      services.zfs = {
        autoScrub = {
          enable = true;
          interval = cfg.scrubInterval;
        };
        trim = {
          enable = true;
          interval = cfg.trimInterval;
        };
      };

      boot.zfs = {
        # Without force a pool that another machine uses is left alone. Way out: zfs_force=1 on the kernel's line, or
        # import and export it once in a rescue system (README.md, "Rescue").
        forceImportRoot = false;
        # Our own units load the keys, the stock one would ask for them.
        requestEncryptionCredentials = false;
      };

      # It mounts whatever a pool says should be mounted, wherever it says so. Ours are mounted from fileSystems, each
      # of them checked; a dataset that somebody planted on the disk must not be mounted on top. Turn it on again for a
      # pool of your own whose datasets have mount points of their own.
      systemd.services.zfs-mount.enable = lib.mkDefault false;
    })

    (lib.mkIf (pool == null) {
      services.fstrim = {
        enable = true;
        interval = cfg.trimInterval;
      };
    })
  ];
}
