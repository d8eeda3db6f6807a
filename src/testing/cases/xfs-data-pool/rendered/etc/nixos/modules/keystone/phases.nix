# The phases: what is done once, stage by stage, after the install. Each is a script `<phase> check|run|verify|undo`,
# its result a JSON file next to it.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  cfg = config.keystone.phases;
  inherit (config.keystone) storage;
in
{
  options.keystone.phases = {
    directory = lib.mkOption {
      # It becomes part of a unit's command line, where %, $ and blanks have a meaning.
      type = lib.types.strMatching "/[A-Za-z0-9_./-]+";
      default = "/var/lib/keystone/phases";
      description = "Where the scripts of the phases and their results are.";
    };

    firstBoot = lib.mkOption {
      type = lib.types.bool;
      default = true;
      description = ''
        At each boot, look how the disk was unlocked and whether pools, EFI system partitions and TPM are as they should
        be. A TPM that opened the disk, but not by the key that the configuration wants, is enrolled again; nothing else
        is changed. The result is first-boot.json; `systemctl status keystone-first-boot` says what is not right.
      '';
    };
  };

  config = lib.mkIf cfg.firstBoot {
    systemd.services.keystone-first-boot = {
      description = "Keystone phase: first boot";
      wantedBy = [ "multi-user.target" ];
      # The second pool is not waited for by local-fs.target: the boot goes on without it.
      after = [
        "local-fs.target"
      ]
      ++ lib.optionals (storage.dataPool.name != null) [
        "keystone-data-pool.service"
        "data.mount"
      ];
      unitConfig.ConditionPathExists = "${cfg.directory}/first-boot";
      path = [
        config.keystone.command
        pkgs.coreutils
        pkgs.cryptsetup
        pkgs.jq
        pkgs.systemd
        pkgs.util-linux
      ]
      ++ lib.optional (storage.pool != null || storage.dataPool.name != null) config.boot.zfs.package;
      serviceConfig = {
        Type = "oneshot";
        RemainAfterExit = true;
        ExecStart = "${pkgs.bash}/bin/bash ${cfg.directory}/first-boot run";
      };
    };
  };
}
