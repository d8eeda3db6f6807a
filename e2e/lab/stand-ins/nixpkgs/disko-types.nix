# The types of disko.devices, as far as our layouts use them: field names, defaults and rules as in disko. A kind of
# device, a content or a field that is not here is refused.
{ lib }:
let
  T = lib.types;
  inherit (lib) mkOption;

  field = type: default: mkOption { inherit type default; };
  required = type: mkOption { inherit type; };
  one = name: required (T.enum [ name ]);
  preset = name: field (T.enum [ name ]) name;

  absolutePath = lib.mkOptionType {
    name = "absolute pathname";
    description = "An absolute path";
    check =
      value: builtins.isString value && (value == "/" || builtins.match "/.*[^/].*" value != null);
    merge = lib.mergeOneOption;
  };
  sizeInUnits = T.strMatching "[0-9]+[KMGTP]?";
  strings = T.listOf T.str;
  properties = T.attrsOf T.str;

  hooks = lib.genAttrs [
    "preCreateHook"
    "postCreateHook"
    "preMountHook"
    "postMountHook"
    "preUnmountHook"
    "postUnmountHook"
  ] (_: field T.lines "");
  node = options: T.submodule { options = hooks // options; };

  contents = disk: device: {
    filesystem = node {
      type = one "filesystem";
      device = field T.str device;
      format = required T.str;
      mountpoint = field (T.nullOr absolutePath) null;
      mountOptions = field strings [ "defaults" ];
      extraArgs = field strings [ ];
    };
    swap = node {
      type = one "swap";
      device = field T.str device;
      discardPolicy = field (T.nullOr (T.enum [ "once" "pages" "both" ])) null;
      mountOptions = field (T.listOf T.nonEmptyStr) [ "defaults" ];
      priority = field (T.nullOr T.int) null;
      randomEncryption = field T.bool false;
      resumeDevice = field T.bool false;
      extraArgs = field strings [ ];
    };
    zfs = node {
      type = one "zfs";
      device = field T.str device;
      pool = required T.str;
    };
    luks = T.submodule (
      { config, ... }:
      {
        options = hooks // {
          type = one "luks";
          device = field T.str device;
          name = required T.str;
          passwordFile = field (T.nullOr absolutePath) null;
          keyFile = field (T.nullOr absolutePath) null;
          askPassword = field T.bool (
            config.keyFile == null && config.passwordFile == null && !(config.settings ? keyFile)
          );
          settings = field (T.attrsOf T.anything) { };
          additionalKeyFiles = field (T.listOf absolutePath) [ ];
          initrdUnlock = field T.bool true;
          extraFormatArgs = field strings [ ];
          extraOpenArgs = field strings [ ];
          content = content disk [ "filesystem" "swap" "zfs" ] "/dev/mapper/${config.name}";
        };
      }
    );
    gpt = node {
      type = one "gpt";
      device = field T.str device;
      efiGptPartitionFirst = field T.bool true;
      partitions = field (T.attrsOf (partition disk)) { };
    };
  };

  # One of several kinds, told by the definition's own `type`.
  content =
    disk: kinds: device:
    let
      known = lib.getAttrs kinds (contents disk device);
      kindOf = value: value.type or null;
    in
    field (T.nullOr (
      lib.mkOptionType {
        name = "content";
        description = "content whose type is one of ${lib.concatMapStringsSep ", " builtins.toJSON kinds}";
        check = value: builtins.isAttrs value && builtins.elem (kindOf value) kinds;
        merge =
          loc: definitions:
          known.${kindOf (lib.head definitions).value}.merge loc definitions;
      }
    )) null;

  partition =
    disk:
    T.submodule (
      { name, config, ... }:
      {
        options = hooks // {
          name = field T.str name;
          type = field (T.either (T.strMatching "[A-Fa-f0-9]{4}") (
            T.strMatching "[A-Fa-f0-9]{8}-([A-Fa-f0-9]{4}-){3}[A-Fa-f0-9]{12}"
          )) (if config.content.type or null == "swap" then "8200" else "8300");
          attributes = field (T.listOf T.int) [ ];
          # disko makes a hash of a longer one; nothing here needs that.
          label = field (T.strMatching ".{1,36}") "disk-${disk}-${config.name}";
          device = field T.str "/dev/disk/by-partlabel/${config.label}";
          priority = field T.int (if config.size == "100%" then 9001 else 1000);
          uuid = field (T.nullOr T.str) null;
          size = field (T.either (T.enum [ "100%" ]) sizeInUnits) "0";
          alignment = field T.int 0;
          start = field T.str "0";
          end = field T.str (if config.size == "100%" then "-0" else "+${config.size}");
          content = content disk [ "filesystem" "luks" "swap" "zfs" ] config.device;
        };
      }
    );

  disk = T.submodule (
    { name, config, ... }:
    {
      options = hooks // {
        name = field T.str name;
        type = one "disk";
        device = required absolutePath;
        destroy = field T.bool true;
        imageName = field T.str config.name;
        imageSize = field sizeInUnits "2G";
        content = content config.name [ "filesystem" "gpt" "luks" "swap" "zfs" ] config.device;
      };
    }
  );

  modes = T.enum [ "" "mirror" "raidz" "raidz1" "raidz2" "raidz3" ];
  vdev = T.submodule {
    options = {
      mode = field modes "";
      members = required strings;
    };
  };
  topology = T.submodule {
    options = {
      # disko tells the kind by it and has no default for it.
      type = one "topology";
      vdev = field (T.listOf vdev) [ ];
      spare = field strings [ ];
      log = field (T.listOf vdev) [ ];
      dedup = field (T.listOf vdev) [ ];
      special = field (T.either (T.listOf vdev) (T.nullOr vdev)) [ ];
      cache = field strings [ ];
    };
  };

  dataset =
    pool:
    let
      kinds = {
        zfs_fs = T.submodule (
          { name, ... }:
          {
            options = hooks // {
              name = field T.str name;
              _name = field T.str "${pool}/${name}";
              _createFilesystem = field T.bool true;
              type = preset "zfs_fs";
              options = field properties { };
              mountOptions = field strings [ "defaults" ];
              mountpoint = field (T.nullOr absolutePath) null;
            };
          }
        );
        zfs_volume = T.submodule (
          { name, ... }:
          {
            options = hooks // {
              name = field T.str name;
              type = preset "zfs_volume";
              options = field properties { };
              extraArgs = field strings [ ];
              mountOptions = field strings [ "defaults" ];
              # disko takes any text here and fails while it formats.
              size = required sizeInUnits;
              content = content pool [ "filesystem" "luks" "swap" ] "/dev/zvol/${pool}/${name}";
            };
          }
        );
      };
    in
    lib.mkOptionType {
      name = "dataset";
      description = "dataset whose type is one of \"zfs_fs\", \"zfs_volume\"";
      check = value: builtins.isAttrs value && kinds ? ${value.type or "none"};
      merge = loc: definitions: kinds.${(lib.head definitions).value.type}.merge loc definitions;
    };
  zpool = T.submodule (
    { name, config, ... }:
    {
      # The pool's own dataset stands among the others, under this name.
      config.datasets.__root = {
        type = "zfs_fs";
        _name = config.name;
        _createFilesystem = false;
        inherit (config) mountpoint mountOptions;
        options = config.rootFsOptions;
      };
      options = hooks // {
        name = field T.str name;
        type = preset "zpool";
        mode = field (T.either modes (T.submodule { options.topology = required topology; })) "";
        options = field properties { };
        rootFsOptions = field properties { };
        mountOptions = field strings [ "defaults" ];
        mountpoint = field (T.nullOr absolutePath) null;
        datasets = field (T.attrsOf (dataset name)) { };
      };
    }
  );
in
T.submodule {
  options = {
    disk = field (T.attrsOf disk) { };
    zpool = field (T.attrsOf zpool) { };
  };
}
