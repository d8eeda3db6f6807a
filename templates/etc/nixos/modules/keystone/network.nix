# The wired network, by systemd-networkd, and the firewall.
{ config, lib, ... }:

let
  cfg = config.keystone.network;
  isStatic = cfg.address != null;
in
{
  options.keystone.network = {
    interface = lib.mkOption {
      type = lib.types.nullOr (lib.types.strMatching "[A-Za-z0-9][A-Za-z0-9._-]{0,14}");
      default = null;
      example = "enp0s2";
      description = "The interface to configure. Null takes every wired one, so that the cable may go into any port.";
    };

    address = lib.mkOption {
      type = lib.types.nullOr (lib.types.strMatching "[0-9a-fA-F.:]+/[0-9]{1,3}");
      default = null;
      example = "10.0.0.2/24";
      description = "The machine's address, with the length of the prefix. Null asks the network for one (DHCP).";
    };

    gateway = lib.mkOption {
      type = lib.types.nullOr (lib.types.strMatching "[0-9a-fA-F.:]+");
      default = null;
      example = "10.0.0.1";
      description = "The router's address, next to a static address. Null: only the local network can be reached.";
    };

    nameservers = lib.mkOption {
      type = lib.types.listOf (lib.types.strMatching "[0-9a-fA-F.:]+");
      default = [ ];
      example = [ "10.0.0.1" ];
      description = "Who looks up names, next to a static address. With DHCP the network says it.";
    };

    openTCPPorts = lib.mkOption {
      type = lib.types.listOf lib.types.port;
      default = [ ];
      example = [
        80
        443
      ];
      description = "What others may reach on this machine, besides SSH. Everything else is closed.";
    };
  };

  config = {
    assertions = [
      {
        assertion = isStatic -> cfg.interface != null;
        message = "keystone.network.address belongs to one interface: set keystone.network.interface.";
      }
      {
        assertion = !isStatic -> cfg.gateway == null && cfg.nameservers == [ ];
        message = "keystone.network.gateway and nameservers go with a static address: set keystone.network.address.";
      }
    ];

    networking = {
      useNetworkd = true;
      useDHCP = false;
      firewall = {
        enable = true;
        allowedTCPPorts = cfg.openTCPPorts;
      };
    };

    systemd.network.networks."10-uplink" = lib.mkMerge [
      {
        matchConfig =
          if cfg.interface != null then
            { Name = cfg.interface; }
          else
            {
              Type = "ether";
              # Only real links: bridges and the containers' virtual ones have a kind.
              Kind = "!*";
            };
        linkConfig.RequiredForOnline = "routable";
      }
      (lib.mkIf isStatic {
        address = [ cfg.address ];
        gateway = lib.optional (cfg.gateway != null) cfg.gateway;
        dns = cfg.nameservers;
      })
      (lib.mkIf (!isStatic) { networkConfig.DHCP = "yes"; })
    ];
  };
}
