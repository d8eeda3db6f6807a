# The second pool, `data`, on disks of its own. It is opened after the system's disks, because its key lies on them, and
# the machine works without it: a disk that fails there must not stop the boot.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  inherit (config.keystone.storage) dataPool isEncrypted;
  inherit (dataPool) encryptionRoot keyFile name;
  hasKey = encryptionRoot != null;
  scripts = import ./pool-scripts.nix { inherit lib; };

  # systemd's name for the unit of a mount.
  escaped = path: lib.concatMapStringsSep "-" (lib.replaceStrings [ "-" ] [ "\\x2d" ]) (lib.splitString "/" path);
  mountUnit = path: "${escaped (lib.removePrefix "/" path)}.mount";
  mounts = map mountUnit (lib.attrValues dataPool.datasets);

  loadKey = ''
    encryption_root=${lib.escapeShellArg encryptionRoot}
    key=${lib.escapeShellArg keyFile}
    ${scripts.expect}
    for dataset in "$encryption_root" ${lib.escapeShellArgs (lib.attrNames dataPool.datasets)}; do
      expect "$dataset" encryptionroot "$encryption_root"
    done
    if [ "$(zfs get -H -o value keystatus "$encryption_root")" != available ] &&
      ! zfs load-key -L "file://$key" "$encryption_root"; then
      say "$key does not open $encryption_root, nothing of it is mounted"
      exit 1
    fi
  '';
in
{
  config = lib.mkIf (name != null) {
    assertions = lib.mapAttrsToList (dataset: path: {
      assertion = isEncrypted -> hasKey && lib.hasPrefix "${encryptionRoot}/" dataset;
      message = ''
        fileSystems."${path}": the dataset ${dataset} is not below an encrypted one of the pool ${name}, and everything
        else on this machine is encrypted.
      '';
    }) dataPool.datasets;

    systemd.services = {
      # The stock unit knows nothing of the key.
      "zfs-import-${name}".enable = false;

      keystone-data-pool = {
        description = "Open the second pool, ${name}";
        requiredBy = mounts;
        after = [
          "systemd-modules-load.service"
          "systemd-udevd.service"
        ];
        before = mounts ++ [ "shutdown.target" ];
        conflicts = [ "shutdown.target" ];
        unitConfig = {
          DefaultDependencies = false;
        }
        // lib.optionalAttrs hasKey { RequiresMountsFor = dirOf keyFile; };
        path = [
          config.boot.zfs.package
          pkgs.systemd
        ];
        serviceConfig = {
          Type = "oneshot";
          RemainAfterExit = true;
        };
        script = ''
          ${scripts.say}
          ${scripts.importPool {
            pool = name;
            inherit (dataPool) members;
            trustsName = hasKey;
          }}
          if ! zpool list ${lib.escapeShellArg name} >/dev/null 2>&1; then
            import_pool
          fi
          ${lib.optionalString hasKey loadKey}
        '';
      };
    };
  };
}
