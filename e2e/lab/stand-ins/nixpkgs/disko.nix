# Stands for disko's NixOS module: disko.devices with its types, and what they mean for the system: mounts, swap and the
# LUKS devices of the initrd.
{ config, lib, ... }:
let
  inherit (lib) attrValues concatMap optional optionals;
  devices = config.disko.devices;

  filesystem =
    content:
    optional (content.mountpoint != null) {
      fileSystems.${content.mountpoint} = {
        inherit (content) device;
        fsType = content.format;
        options = content.mountOptions;
      };
    };
  luks =
    content:
    optional content.initrdUnlock {
      boot.initrd.luks.devices.${content.name} = {
        inherit (content) device;
      }
      // content.settings;
    }
    ++ meaning content.content;
  swap = content: [
    {
      swapDevices = [
        {
          inherit (content) device discardPolicy priority;
          randomEncryption = {
            enable = content.randomEncryption;
            allowDiscards = content.discardPolicy != null;
          };
          options = content.mountOptions;
        }
      ];
    }
  ];
  meaning =
    content:
    if content == null then
      [ ]
    else
      {
        inherit filesystem luks swap;
        zfs = _: [ ];
        gpt = gpt: concatMap (partition: meaning partition.content) (attrValues gpt.partitions);
      }
      .${content.type}
        content;
  dataset =
    set:
    if set.type == "zfs_volume" then
      meaning set.content
    else
      optionals (set.options.mountpoint or "" != "none" && set.options.canmount or "" != "off") [
        {
          fileSystems.${set.mountpoint} = {
            device = set._name;
            fsType = "zfs";
            options = set.mountOptions ++ optional (set.options.mountpoint or "" != "legacy") "zfsutil";
          };
        }
      ];

  all =
    concatMap (disk: meaning disk.content) (attrValues devices.disk)
    ++ concatMap (pool: concatMap dataset (attrValues pool.datasets)) (attrValues devices.zpool);
  of = path: lib.mkMerge (concatMap (one: optional (lib.hasAttrByPath path one) (lib.getAttrFromPath path one)) all);
in
{
  options.disko.devices = lib.mkOption {
    type = import ./disko-types.nix { inherit lib; };
    default = { };
    description = "The disks, and what is on them.";
  };
  config = {
    fileSystems = of [ "fileSystems" ];
    swapDevices = of [ "swapDevices" ];
    boot.initrd.luks.devices = of [ "boot" "initrd" "luks" "devices" ];
  };
}
