# Snapshots by sanoid: what was deleted or spoilt can be brought back. They lie on the same disks: they are no backup.
{ config, lib, ... }:

let
  cfg = config.keystone.snapshots;
  inherit (config.keystone) storage;
  datasets = storage.datasets // storage.dataPool.datasets;

  count =
    default: what:
    lib.mkOption {
      type = lib.types.ints.unsigned;
      inherit default;
      description = "How many ${what} snapshots are kept.";
    };
  # What can be built or fetched again is not worth the room.
  isWorthIt = dataset: datasets.${dataset} != "/nix";
in
{
  options.keystone.snapshots = {
    enable = lib.mkOption {
      type = lib.types.bool;
      default = datasets != { };
      defaultText = lib.literalExpression "true when a dataset of ZFS is mounted";
      description = "Take snapshots and remove old ones. Needs ZFS.";
    };

    hourly = count 24 "hourly";
    daily = count 7 "daily";
    weekly = count 4 "weekly";
    monthly = count 12 "monthly";

    datasets = lib.mkOption {
      type = lib.types.listOf (lib.types.strMatching "[A-Za-z0-9_./:-]+");
      default = lib.filter isWorthIt (lib.attrNames datasets);
      defaultText = lib.literalExpression "every mounted dataset but the one at /nix";
      example = [ "rpool/crypt/var" ];
      description = "The datasets of which snapshots are taken; those below them are not included.";
    };
  };

  config = lib.mkMerge [
    {
      assertions = [
        {
          assertion = cfg.enable -> datasets != { };
          message = "keystone.snapshots.enable needs ZFS: ext4 and XFS have no snapshots.";
        }
      ];
    }

    (lib.mkIf (cfg.enable && datasets != { }) {
      services.sanoid = {
        enable = true;
        templates.keystone = {
          inherit (cfg)
            hourly
            daily
            weekly
            monthly
            ;
          yearly = 0;
          autosnap = true;
          autoprune = true;
        };
        datasets = lib.genAttrs cfg.datasets (_: {
          useTemplate = [ "keystone" ];
        });
      };
    })
  ];
}
