# What disko's NixOS module makes of disko.devices: mounts, swap and the LUKS devices of the initrd.
{ config, lib, ... }:
let
  inherit (builtins) attrNames attrValues concatLists listToAttrs map;
  devices = config.disko.devices;
  label = disk: part: "/dev/disk/by-partlabel/disk-${disk}-${part}";

  filesystem =
    device: content:
    if content.mountpoint or null == null then
      [ ]
    else
      [
        {
          fileSystems.${content.mountpoint} = {
            inherit device;
            fsType = content.format;
            options = content.mountOptions or [ "defaults" ];
          };
        }
      ];
  luks =
    device: content:
    [ { boot.initrd.luks.devices.${content.name} = { inherit device; } // content.settings or { }; } ]
    ++ filesystem "/dev/mapper/${content.name}" content.content;
  swap = device: content: [
    {
      swapDevices = [
        {
          inherit device;
          randomEncryption.enable = content.randomEncryption;
          options = content.mountOptions or [ "defaults" ];
        }
      ];
    }
  ];
  partition =
    device: content:
    if content.type == "filesystem" then
      filesystem device content
    else if content.type == "luks" then
      luks device content
    else if content.type == "swap" then
      swap device content
    else
      [ ];
  disk =
    name:
    let
      inherit (devices.disk.${name}.content) partitions;
    in
    concatLists (map (part: partition (label name part) partitions.${part}.content) (attrNames partitions));
  dataset =
    pool: name:
    let
      set = devices.zpool.${pool}.datasets.${name};
    in
    if set.type == "zfs_volume" then
      luks "/dev/zvol/${pool}/${name}" set.content
    else if set.options.mountpoint or "" == "none" then
      [ ]
    else
      [
        {
          fileSystems.${set.mountpoint} = {
            device = "${pool}/${name}";
            fsType = "zfs";
            options = set.mountOptions or [ "defaults" ];
          };
        }
      ];
  pool = name: concatLists (map (dataset name) (attrNames devices.zpool.${name}.datasets));
  all = concatLists (map disk (attrNames devices.disk)) ++ concatLists (map pool (attrNames (devices.zpool or { })));
  of = name: lib.mkMerge (concatLists (map (one: if one ? ${name} then [ one.${name} ] else [ ]) all));
in
{
  fileSystems = of "fileSystems";
  swapDevices = of "swapDevices";
  boot.initrd.luks.devices = lib.mkMerge (
    concatLists (map (one: if one ? boot then [ one.boot.initrd.luks.devices ] else [ ]) all)
  );
}
