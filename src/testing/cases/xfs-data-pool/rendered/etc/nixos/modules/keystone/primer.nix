# This machine's part in its cluster.
{ config, lib, ... }:

let
  cfg = config.keystone.primer;
  isFirst = cfg.role == "primer";
in
{
  options.keystone.primer = {
    clusterName = lib.mkOption {
      type = lib.types.strMatching "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
      example = "home";
      description = "Name of the cluster: tells your clusters apart, and is seen by nobody outside.";
    };

    role = lib.mkOption {
      type = lib.types.enum [
        "primer"
        "joining-primer"
        "worker"
        "storage"
      ];
      default = "primer";
      description = ''
        What the machine is in its cluster. The first Primer starts the cluster and holds its state. The others join one
        that runs: as another Primer, as a worker, or as a worker whose disks serve the whole cluster.
      '';
    };

    domain = lib.mkOption {
      type = lib.types.nullOr (lib.types.strMatching "[a-z0-9.-]+");
      default = null;
      example = "home.example.org";
      description = "Services of the cluster get their names below this domain.";
    };

    meshUrl = lib.mkOption {
      type = lib.types.nullOr (lib.types.strMatching "https://[]a-z0-9.:[-]+");
      default = null;
      example = "https://mesh.example.org";
      description = "Where the mesh network of the cluster is coordinated.";
    };

    join = {
      server = lib.mkOption {
        type = lib.types.nullOr (lib.types.strMatching "https://[]a-z0-9.:[-]+");
        default = null;
        example = "https://primer.home:6443";
        description = "Address of the cluster to join.";
      };

      caHash = lib.mkOption {
        type = lib.types.nullOr (lib.types.strMatching "sha256:[0-9a-f]{64}");
        default = null;
        description = "Hash of the public key of that cluster's CA: who answers with another one is not that cluster.";
      };

      tokenFile = lib.mkOption {
        type = lib.types.str;
        default = "/var/lib/keystone/secrets/join-token";
        description = "File with the token, written by the installer. Never put the token itself into this repository.";
      };
    };
  };

  config = {
    assertions = [
      {
        assertion = isFirst == (cfg.join.server == null) && isFirst == (cfg.join.caHash == null);
        message = ''
          keystone.primer.join.server and join.caHash are needed by a machine that joins a cluster, and make no sense on
          the first Primer (keystone.primer.role = "primer").
        '';
      }
    ];

    # The phases after the install read it.
    environment.etc."keystone/cluster.json".text = builtins.toJSON (
      {
        name = cfg.clusterName;
        inherit (cfg) role;
      }
      // lib.optionalAttrs (cfg.domain != null) { inherit (cfg) domain; }
      // lib.optionalAttrs (cfg.meshUrl != null) { inherit (cfg) meshUrl; }
      // lib.optionalAttrs (!isFirst) { inherit (cfg) join; }
    );
  };
}
