# The network, by systemd-networkd, and the firewall.
{ config, lib, ... }:

let
  cfg = config.keystone.network;
  isStatic = cfg.address != null || cfg.address6 != null;
  # What carries the addresses: the VLAN, or else the interface, which may be a bond.
  uplink = if cfg.vlan != null then "vlan${toString cfg.vlan}" else cfg.interface;

  interfaceName = lib.types.strMatching "[A-Za-z0-9][A-Za-z0-9._-]{0,14}";
  ip = lib.types.strMatching "[0-9a-fA-F.:]+";
  ipWithPrefix = lib.types.strMatching "[0-9a-fA-F.:]+/[0-9]{1,3}";
  domain = lib.types.strMatching "[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?";

  bond = lib.types.submodule {
    options = {
      interfaces = lib.mkOption {
        type = lib.types.listOf interfaceName;
        example = [
          "enp1s0"
          "enp2s0"
        ];
        description = "The wired interfaces that are put together.";
      };

      mode = lib.mkOption {
        type = lib.types.enum [
          "active-backup"
          "802.3ad"
          "balance-alb"
        ];
        default = "active-backup";
        description = ''
          How they share the work: one at a time, by a switch that is set up for it (LACP), or all by turns.
        '';
      };
    };
  };

  wifi = lib.types.submodule {
    options = {
      ssid = lib.mkOption {
        type = lib.types.strMatching "[^[:cntrl:]]{1,32}";
        example = "home";
        description = "The name of the wireless network.";
      };

      secretsFile = lib.mkOption {
        # A string: a Nix path would be copied to the store, where everybody can read it.
        type = lib.types.strMatching "/[A-Za-z0-9._/-]+";
        example = "/var/lib/keystone/secrets/wifi.conf";
        description = "A file on this machine with the line psk_wifi= and the passphrase, or 64 hex digits of the key.";
      };
    };
  };
in
{
  options.keystone.network = {
    interface = lib.mkOption {
      type = lib.types.nullOr interfaceName;
      default = null;
      example = "enp0s2";
      description = ''
        The interface to configure, or the name of the bond. Null takes every wired one, so that the cable may go into
        any port.
      '';
    };

    bond = lib.mkOption {
      type = lib.types.nullOr bond;
      default = null;
      description = "Interfaces that are put together under the name in keystone.network.interface.";
    };

    vlan = lib.mkOption {
      type = lib.types.nullOr (lib.types.ints.between 1 4094);
      default = null;
      example = 20;
      description = "The number of the VLAN that this machine is in, on the interface or the bond.";
    };

    address = lib.mkOption {
      type = lib.types.nullOr ipWithPrefix;
      default = null;
      example = "10.0.0.2/24";
      description = ''
        The machine's IPv4 address, with the length of the prefix. Null for both addresses asks the network (DHCP).
      '';
    };

    gateway = lib.mkOption {
      type = lib.types.nullOr ip;
      default = null;
      example = "10.0.0.1";
      description = "The router's address, next to a static address. Null: only the local network can be reached.";
    };

    address6 = lib.mkOption {
      type = lib.types.nullOr ipWithPrefix;
      default = null;
      example = "fd00::2/64";
      description = "The machine's IPv6 address, with the length of the prefix.";
    };

    gateway6 = lib.mkOption {
      type = lib.types.nullOr ip;
      default = null;
      example = "fe80::1";
      description = "The router's IPv6 address, next to a static one; it may be link-local.";
    };

    nameservers = lib.mkOption {
      type = lib.types.listOf ip;
      default = [ ];
      example = [ "10.0.0.1" ];
      description = "Who looks up names, next to a static address. With DHCP the network says it.";
    };

    searchDomains = lib.mkOption {
      type = lib.types.listOf domain;
      default = [ ];
      example = [ "home.example" ];
      description = "Domains in which short names are looked up.";
    };

    proxy = lib.mkOption {
      type = lib.types.nullOr (lib.types.strMatching "https?://[][A-Za-z0-9.:-]+/?");
      default = null;
      example = "http://proxy.example:3128";
      description = "A proxy for downloads. Everybody on this machine can read it: it holds no password.";
    };

    wifi = lib.mkOption {
      type = lib.types.nullOr wifi;
      default = null;
      description = "The wireless network of keystone.network.interface, which must be a wireless one.";
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
        assertion = !isStatic -> cfg.gateway == null && cfg.gateway6 == null && cfg.nameservers == [ ];
        message = "keystone.network.gateway and nameservers go with a static address: set keystone.network.address.";
      }
      {
        assertion = isStatic -> cfg.nameservers != [ ];
        message = "keystone.network.address needs keystone.network.nameservers: without them no name is found.";
      }
      {
        assertion =
          isStatic
          -> (cfg.gateway != null -> cfg.address != null) && (cfg.gateway6 != null -> cfg.address6 != null);
        message = "keystone.network: a gateway goes with an address of the same kind, IPv4 or IPv6.";
      }
      {
        assertion = cfg.vlan != null || cfg.bond != null || cfg.wifi != null -> cfg.interface != null;
        message = "keystone.network.vlan, bond and wifi belong to one interface: set keystone.network.interface.";
      }
      {
        assertion = cfg.bond != null -> cfg.bond.interfaces != [ ] && !lib.elem cfg.interface cfg.bond.interfaces;
        message = ''
          keystone.network.bond needs interfaces, other ones than keystone.network.interface, which is its name.
        '';
      }
      {
        assertion = cfg.wifi != null -> cfg.bond == null && cfg.vlan == null;
        message = "keystone.network.wifi goes with neither a bond nor a VLAN.";
      }
    ];

    networking = {
      useNetworkd = true;
      useDHCP = false;
      firewall = {
        enable = true;
        allowedTCPPorts = cfg.openTCPPorts;
      };
      proxy = lib.mkIf (cfg.proxy != null) {
        default = cfg.proxy;
        noProxy = "localhost,127.0.0.1,::1";
      };
      wireless = lib.mkIf (cfg.wifi != null) {
        enable = true;
        interfaces = [ cfg.interface ];
        inherit (cfg.wifi) secretsFile;
        networks.${cfg.wifi.ssid}.pskRaw = "ext:psk_wifi";
      };
    };

    # wpa_supplicant is not root. The installer cannot give the file to a group that is made at the first start.
    systemd.tmpfiles.rules = lib.optional (cfg.wifi != null) "z ${cfg.wifi.secretsFile} 0440 root wpa_supplicant -";

    systemd.network.netdevs = lib.mkMerge [
      (lib.mkIf (cfg.bond != null) {
        "10-bond" = {
          netdevConfig = {
            Kind = "bond";
            Name = cfg.interface;
          };
          bondConfig = {
            Mode = cfg.bond.mode;
            # Without it a cable that was pulled is not noticed.
            MIIMonitorSec = "0.1s";
          };
        };
      })
      (lib.mkIf (cfg.vlan != null) {
        "10-vlan" = {
          netdevConfig = {
            Kind = "vlan";
            Name = uplink;
          };
          vlanConfig.Id = cfg.vlan;
        };
      })
    ];

    systemd.network.networks = lib.mkMerge [
      {
        "10-uplink" = lib.mkMerge [
          {
            matchConfig =
              if uplink != null then
                { Name = uplink; }
              else
                {
                  Type = "ether";
                  # Only real links: bridges and the containers' virtual ones have a kind.
                  Kind = "!*";
                };
            linkConfig.RequiredForOnline = "routable";
          }
          (lib.mkIf isStatic {
            address = lib.filter (one: one != null) [
              cfg.address
              cfg.address6
            ];
            gateway = lib.filter (one: one != null) [
              cfg.gateway
              cfg.gateway6
            ];
            dns = cfg.nameservers;
          })
          (lib.mkIf (!isStatic) { networkConfig.DHCP = "yes"; })
          (lib.mkIf (cfg.searchDomains != [ ]) { domains = cfg.searchDomains; })
        ];
      }
      (lib.mkIf (cfg.vlan != null) {
        # Only carries the VLAN: nothing of its own may be reached on it.
        "10-parent" = {
          matchConfig.Name = cfg.interface;
          vlan = [ uplink ];
          networkConfig.LinkLocalAddressing = "no";
          linkConfig.RequiredForOnline = "carrier";
        };
      })
      (lib.mkIf (cfg.bond != null) {
        "10-bond-members" = {
          matchConfig.Name = lib.concatStringsSep " " cfg.bond.interfaces;
          bond = [ cfg.interface ];
          # A cable that is missing must not hold up the start; the bond itself is waited for.
          linkConfig.RequiredForOnline = "no";
        };
      })
    ];
  };
}
