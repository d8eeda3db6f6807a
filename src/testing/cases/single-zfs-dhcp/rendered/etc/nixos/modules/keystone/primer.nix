# This machine's part in its cluster.
{ config, lib, ... }:

let
  cfg = config.keystone.primer;
in
{
  options.keystone.primer = {
    clusterName = lib.mkOption {
      type = lib.types.strMatching "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
      example = "home";
      description = "Name of the cluster: tells your clusters apart, and is seen by nobody outside.";
    };

    role = lib.mkOption {
      type = lib.types.enum [ "primer" ];
      default = "primer";
      description = "What the machine is in its cluster: the Primer, its first node, starts it and holds its state.";
    };
  };

  # The phases after the install read it.
  config.environment.etc."keystone/cluster.json".text = builtins.toJSON {
    name = cfg.clusterName;
    inherit (cfg) role;
  };
}
