# The disks, after disko-config.nix: everything here is read from `disko.devices`, so that nothing is said twice.
# How the encryption is unlocked at boot is in unlock.nix.
{
  config,
  lib,
  pkgs,
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

  pools = lib.attrNames (devices.zpool or { });
  pool = if pools == [ ] then null else lib.head pools;
  poolSets = if pool == null then { } else devices.zpool.${pool}.datasets;
  # Also what was added to fileSystems by hand: it must be encrypted like all the rest.
  isOurs = fs: pool != null && fs.fsType == "zfs" && lib.hasPrefix "${pool}/" fs.device;
  zfsMounts = lib.filterAttrs (_: isOurs) config.fileSystems;

  volumes = lib.mapAttrsToList (name: set: {
    device = "/dev/zvol/${pool}/${name}";
    content = set.content or null;
  }) poolSets;
  luks = lib.filter (isType "luks") (volumes ++ partitions);
  esps = lib.filter (part: isType "filesystem" part && part.content.format == "vfat") partitions;

  bootEsp = "/boot";
  extraEsps = lib.filter (esp: esp != bootEsp) cfg.espMountpoints;

  matches = pattern: text: builtins.match pattern text != null;
  partitionNames = map (part: part.name) partitions;
  names = lib.attrNames devices.disk ++ partitionNames ++ pools ++ [ cfg.luksName ];
  isAPath = path: path == null || matches "/[A-Za-z0-9_./-]*" path;
  mountpoints = map (set: set.mountpoint or null) (lib.attrValues poolSets) ++ cfg.espMountpoints;
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
    pool = derived {
      type = lib.types.nullOr lib.types.str;
      description = "The ZFS pool of the system; null when the system lies on ext4.";
      default = pool;
    };

    members = derived {
      type = lib.types.listOf lib.types.str;
      description = "The partitions that the pool is made of.";
      default = map (part: part.device) (lib.filter (isType "zfs") partitions);
    };

    datasets = derived {
      type = lib.types.attrsOf lib.types.str;
      description = "Each dataset of the pool that is mounted, with its mount point.";
      default = lib.listToAttrs (
        lib.mapAttrsToList (path: fs: lib.nameValuePair fs.device path) zfsMounts
      );
      defaultText = lib.literalExpression "config.fileSystems";
    };

    encryptionRoot = derived {
      type = lib.types.nullOr lib.types.str;
      description = "The dataset whose key encrypts everything that is mounted from the pool.";
      default = if pool == null then null else "${pool}/crypt";
    };

    poolKeyFile = derived {
      type = lib.types.nullOr lib.types.str;
      description = "Where the pool's key is while it is read: on the credstore, mounted for this moment only.";
      default =
        if pool == null then null else lib.removePrefix "file://" poolSets.crypt.options.keylocation;
    };

    luksName = derived {
      type = lib.types.str;
      description = "The LUKS mapping that passphrase, TPM and recovery key open.";
      default = (lib.head luks).content.name;
    };

    luksDevice = derived {
      type = lib.types.str;
      description = "The device below that mapping: the one to name to systemd-cryptenroll and cryptsetup.";
      default = (lib.head luks).device;
    };

    espMountpoints = derived {
      type = lib.types.listOf lib.types.str;
      description = ''
        The EFI system partitions, one on each disk. The boot loader is installed to the first, the others are copies
        of it.
      '';
      default = map (part: part.content.mountpoint) esps;
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
          assertion = lib.length pools <= 1;
          message = "disko-config.nix describes the pools ${toString pools}, but only one can hold the system.";
        }
        {
          assertion = lib.length luks == 1;
          message = "disko-config.nix must describe exactly one LUKS volume, it has ${toString (lib.length luks)}.";
        }
        {
          assertion = lib.elem bootEsp cfg.espMountpoints;
          message = "disko-config.nix must mount one EFI system partition at ${bootEsp}.";
        }
        {
          # disko writes these into shell scripts as they are.
          assertion =
            lib.all (matches "[A-Za-z][A-Za-z0-9_]{0,15}") names
            && lib.all (matches "[A-Za-z0-9_][A-Za-z0-9_./-]*") (lib.attrNames poolSets)
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

      assertions = lib.mapAttrsToList (dataset: path: {
        assertion = lib.hasPrefix "${cfg.encryptionRoot}/" dataset;
        message = ''
          fileSystems."${path}": the dataset ${dataset} is not below ${cfg.encryptionRoot}. It would not be encrypted,
          and the machine would refuse to boot with it.
        '';
      }) cfg.datasets;

      # It mounts whatever a pool says should be mounted, wherever it says so. Ours are mounted from fileSystems, each
      # of them checked; a dataset that somebody planted on the disk must not be mounted on top. Turn it on again for a
      # second pool whose datasets have mount points of their own.
      systemd.services.zfs-mount.enable = lib.mkDefault false;
    })

    (lib.mkIf (pool == null) {
      services.fstrim = {
        enable = true;
        interval = cfg.trimInterval;
      };
    })

    (lib.mkIf (extraEsps != [ ]) {
      # systemd-boot knows one EFI system partition. The others get a copy, so that either disk boots alone.
      boot.loader.systemd-boot.extraInstallCommands = ''
        if ! ${pkgs.util-linux}/bin/mountpoint -q ${bootEsp}; then
          echo "${bootEsp} is not mounted: the copies of the boot loader stay as they are" >&2
          exit 1
        fi
        for esp in ${lib.escapeShellArgs extraEsps}; do
          if ! ${pkgs.util-linux}/bin/mountpoint -q "$esp"; then
            echo "$esp is not mounted: its copy of the boot loader stays as it is" >&2
            continue
          fi
          # First what ${bootEsp} no longer has: the room may be needed.
          (cd "$esp" && ${pkgs.findutils}/bin/find . -type f) | while IFS= read -r file; do
            [ -e "${bootEsp}/$file" ] || ${pkgs.coreutils}/bin/rm -f "$esp/$file"
          done
          # By content: after a roll-back the right file may be the older one.
          (cd ${bootEsp} && ${pkgs.findutils}/bin/find . -type f) | while IFS= read -r file; do
            ${pkgs.diffutils}/bin/cmp -s "${bootEsp}/$file" "$esp/$file" && continue
            ${pkgs.coreutils}/bin/mkdir -p "$esp/''${file%/*}"
            ${pkgs.coreutils}/bin/cp "${bootEsp}/$file" "$esp/$file"
          done
          ${pkgs.coreutils}/bin/sync -f "$esp"
        done
      '';
    })
  ];
}
