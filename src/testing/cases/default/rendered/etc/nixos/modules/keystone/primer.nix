# The Primer's part in its cluster, and what is done once after the install.
{ config, pkgs, ... }:

let
  phases = "/var/lib/keystone/phases";
in
{
  environment.etc."keystone/cluster.json".text = builtins.toJSON {
    name = "home";
    role = "primer";
  };

  # Looks how the disk was unlocked and whether pool, EFI system partition and TPM are as they should be.
  # The result is first-boot.json next to the script.
  systemd.services.keystone-first-boot = {
    description = "Keystone phase: first boot";
    wantedBy = [ "multi-user.target" ];
    after = [ "local-fs.target" ];
    unitConfig.ConditionPathExists = "${phases}/first-boot";
    path = [
      config.boot.zfs.package
      pkgs.coreutils
      pkgs.cryptsetup
      pkgs.jq
      pkgs.systemd
      pkgs.util-linux
    ];
    serviceConfig = {
      Type = "oneshot";
      RemainAfterExit = true;
      ExecStart = "${pkgs.bash}/bin/bash ${phases}/first-boot run";
    };
  };
}
