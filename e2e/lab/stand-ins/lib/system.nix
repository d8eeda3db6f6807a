# A rendered flake -> what the lab's nixos-install needs to know. Called with the flake's folder and the host's name.
{ flake, host }:
let
  lib = import ../nixpkgs/lib;
  inherit (lib) attrValues filterAttrs mapAttrs;
  evaluated =
    (import ../nixpkgs/call-flake.nix { inherit flake lib; }).nixosConfigurations.${host}
      or (throw "flake '${flake}' does not provide attribute 'nixosConfigurations.\"${host}\".config.system.build.toplevel'");
  config = evaluated.asserted;
  force = import ../nixpkgs/force.nix { inherit lib; };

  # What the lab cannot boot, or what would make this machine useless.
  # Only then has NixOS a unit in the initrd that imports the pool; a data pool is imported later.
  hasZfsRoot = config.fileSystems."/".fsType == "zfs";
  people = filterAttrs (_: user: user.isNormalUser) config.users.users;
  rules = [
    {
      assertion = config.boot.loader.systemd-boot.enable;
      message = "the lab boots by systemd-boot only: boot.loader.systemd-boot.enable is false";
    }
    {
      assertion = config.boot.initrd.systemd.enable;
      message = "the lab has a systemd initrd only";
    }
    {
      assertion = config.system.stateVersion == "26.05";
      message = "system.stateVersion must be the release that is installed, 26.05";
    }
    {
      assertion = config.nixpkgs.hostPlatform == "x86_64-linux";
      message = "nixpkgs.hostPlatform is not x86_64-linux";
    }
    {
      assertion = people != { };
      message = "no user could log in";
    }
    {
      assertion = !hasZfsRoot || !(config.boot.initrd.systemd.services."zfs-import-rpool".enable or true);
      message = "the stock unit zfs-import-rpool would import the pool behind ours";
    }
  ];
  broken = lib.filter (rule: !rule.assertion) rules;

  # Of a unit, only what somebody set: the rest is systemd's own default.
  isSet = value: value != null && value != "" && value != [ ] && value != { };
  pick = names: set: filterAttrs (_: isSet) (lib.getAttrs names set);
  unit =
    one:
    pick [
      "after"
      "before"
      "conflicts"
      "description"
      "requiredBy"
      "requires"
      "unitConfig"
      "wantedBy"
      "wants"
    ] one
    // lib.optionalAttrs (!one.enable) { enable = false; }
    // lib.optionalAttrs ((one.overrideStrategy or "") == "asDropin") { inherit (one) overrideStrategy; };
  service = one: unit one // pick [ "environment" "path" "script" "serviceConfig" ] one;
  timer = one: unit one // pick [ "timerConfig" ] one;
  etc =
    path: one:
    if one.text == null then
      throw "environment.etc.\"${path}\": the lab lays down texts only"
    else
      { inherit (one) mode text; };
  # Of networkd's many settings those that are written into a file here; another one that is set must not be lost in silence.
  only =
    what: names: name: one:
    let
      set = filterAttrs (_: isSet) (removeAttrs one [ "enable" ]);
      strange = lib.attrNames (removeAttrs set names);
    in
    if strange == [ ] then set else throw "${what}.\"${name}\": the lab does not know ${toString strange}";
  networkd = what: names: all: mapAttrs (only what names) (filterAttrs (_: one: one.enable) all);
  sanoid = config.services.sanoid;
in
if broken != [ ] then
  throw "\nThe lab cannot boot this:\n${lib.concatMapStringsSep "\n" (rule: "- ${rule.message}") broken}"
else
  # An option that nobody reads must be right too.
  builtins.seq (force evaluated) {
    inherit (config) warnings;
    # What the configuration writes itself; everything else is in the target from the start.
    commands = lib.listToAttrs (
      map (one: lib.nameValuePair one.pname one.text) (
        lib.filter (one: one ? text) config.environment.systemPackages
      )
    );
    environment.etc = lib.mapAttrs' (_: one: lib.nameValuePair one.target (etc one.target one)) (
      filterAttrs (_: one: one.enable) config.environment.etc
    );
    fileSystems = mapAttrs (
      _: lib.getAttrs [ "device" "fsType" "neededForBoot" "options" ]
    ) config.fileSystems;
    initrdBin = mapAttrs (_: toString) config.boot.initrd.systemd.extraBin;
    initrdServices = mapAttrs (_: service) config.boot.initrd.systemd.services;
    inherit (config.boot) kernelParams;
    loader = {
      inherit (config.boot.loader) timeout;
      efi = { inherit (config.boot.loader.efi) canTouchEfiVariables; };
      systemd-boot = { inherit (config.boot.loader.systemd-boot) editor extraInstallCommands; };
    };
    luksDevices = mapAttrs (
      _: lib.getAttrs [ "allowDiscards" "crypttabExtraOpts" "device" ]
    ) config.boot.initrd.luks.devices;
    networking = { inherit (config.networking) hostId hostName; };
    netdevs = networkd "systemd.network.netdevs" [ "bondConfig" "netdevConfig" "vlanConfig" ] config.systemd.network.netdevs;
    networks = networkd "systemd.network.networks" [
      "address"
      "bond"
      "dhcpV4Config"
      "dhcpV6Config"
      "dns"
      "domains"
      "gateway"
      "ipv6AcceptRAConfig"
      "linkConfig"
      "matchConfig"
      "networkConfig"
      "ntp"
      "routes"
      "vlan"
    ] config.systemd.network.networks;
    sanoid = if sanoid.enable then lib.getAttrs [ "datasets" "enable" "interval" "templates" ] sanoid else null;
    services = mapAttrs (_: service) config.systemd.services;
    stateVersion = config.system.stateVersion;
    console = { inherit (config.console) keyMap; };
    i18n = { inherit (config.i18n) defaultLocale; };
    time = { inherit (config.time) timeZone; };
    swapDevices = map (swap: {
      inherit (swap) device options size;
      # NixOS takes a Boolean for a set with nothing but `enable`.
      randomEncryption.enable = swap.randomEncryption.enable or swap.randomEncryption;
    }) config.swapDevices;
    timers = mapAttrs (_: timer) config.systemd.timers;
    users.users = mapAttrs (
      _: user:
      pick [ "extraGroups" "hashedPasswordFile" ] user
      // {
        inherit (user) isNormalUser;
        openssh.authorizedKeys = { inherit (user.openssh.authorizedKeys) keys; };
      }
    ) people;
    zramSwap = lib.getAttrs [ "algorithm" "enable" "memoryPercent" "priority" ] config.zramSwap;
  }
