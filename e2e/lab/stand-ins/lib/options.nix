# The NixOS options (26.05) that the rendered configuration may set, with their types: a compact list, because nixpkgs
# is not here. An option that a template newly uses must be added, by its name in the manual.
#
# <name> stands for any attribute name. Types: bool int str lines, listOf-str, anything (merged deeply, lists joined),
# list (of anything), raw (one definition).
{ pkgs }:
let
  unit = {
    description = "str";
    enable = "bool";
    wants = "listOf-str";
    requires = "listOf-str";
    after = "listOf-str";
    before = "listOf-str";
    conflicts = "listOf-str";
    wantedBy = "listOf-str";
    requiredBy = "listOf-str";
    unitConfig = "anything";
    serviceConfig = "anything";
    environment = "anything";
    path = "list";
    script = "lines";
  };
  under = prefix: options: builtins.listToAttrs (
    map (name: {
      name = "${prefix}.${name}";
      value = options.${name};
    }) (builtins.attrNames options)
  );
in
{
  types = under "boot.initrd.systemd.services.<name>" unit // under "systemd.services.<name>" unit // {
    "boot.initrd.availableKernelModules" = "listOf-str";
    "boot.initrd.kernelModules" = "listOf-str";
    "boot.initrd.luks.devices.<name>.allowDiscards" = "bool";
    "boot.initrd.luks.devices.<name>.crypttabExtraOpts" = "listOf-str";
    "boot.initrd.luks.devices.<name>.device" = "str";
    "boot.initrd.systemd.enable" = "bool";
    "boot.initrd.systemd.extraBin.<name>" = "str";
    "boot.initrd.systemd.storePaths" = "list";
    "boot.extraModulePackages" = "list";
    "boot.kernelModules" = "listOf-str";
    "boot.kernelParams" = "listOf-str";
    "boot.loader.efi.canTouchEfiVariables" = "bool";
    "boot.loader.efi.efiSysMountPoint" = "str";
    "boot.loader.systemd-boot.configurationLimit" = "int";
    "boot.loader.systemd-boot.editor" = "bool";
    "boot.loader.systemd-boot.enable" = "bool";
    "boot.loader.systemd-boot.extraInstallCommands" = "lines";
    "boot.loader.timeout" = "int";
    "boot.zfs.forceImportRoot" = "bool";
    "boot.zfs.package" = "raw";
    "boot.zfs.requestEncryptionCredentials" = "raw";
    "disko.devices" = "anything";
    "environment.etc.<name>.mode" = "str";
    "environment.etc.<name>.text" = "lines";
    "environment.systemPackages" = "list";
    "fileSystems.<name>.device" = "str";
    "fileSystems.<name>.fsType" = "str";
    "fileSystems.<name>.neededForBoot" = "bool";
    "fileSystems.<name>.options" = "listOf-str";
    "hardware.cpu.amd.updateMicrocode" = "bool";
    "hardware.cpu.intel.updateMicrocode" = "bool";
    "hardware.enableRedistributableFirmware" = "bool";
    "networking.firewall.allowedTCPPorts" = "list";
    "networking.firewall.enable" = "bool";
    "networking.hostId" = "str";
    "networking.hostName" = "str";
    "networking.useDHCP" = "bool";
    "networking.useNetworkd" = "bool";
    "nix.settings" = "anything";
    "nixpkgs.hostPlatform" = "str";
    "security.tpm2.enable" = "bool";
    "services.openssh.enable" = "bool";
    "services.openssh.settings" = "anything";
    "services.zfs.autoScrub.enable" = "bool";
    "services.zfs.autoScrub.interval" = "str";
    "swapDevices" = "list";
    "system.stateVersion" = "str";
    "systemd.network.networks.<name>.address" = "listOf-str";
    "systemd.network.networks.<name>.dns" = "listOf-str";
    "systemd.network.networks.<name>.gateway" = "listOf-str";
    "systemd.network.networks.<name>.linkConfig" = "anything";
    "systemd.network.networks.<name>.matchConfig" = "anything";
    "systemd.network.networks.<name>.networkConfig" = "anything";
    "time.timeZone" = "str";
    "users.mutableUsers" = "bool";
    "users.users.<name>.extraGroups" = "listOf-str";
    "users.users.<name>.hashedPasswordFile" = "str";
    "users.users.<name>.isNormalUser" = "bool";
    "users.users.<name>.openssh.authorizedKeys.keys" = "listOf-str";
  };

  # NixOS's own defaults, as far as something below reads them.
  defaults = {
    boot.initrd.luks.devices = { };
    boot.initrd.systemd.enable = true;
    boot.initrd.systemd.extraBin = { };
    boot.initrd.systemd.services = { };
    boot.kernelParams = [ ];
    boot.loader.efi.canTouchEfiVariables = false;
    boot.loader.systemd-boot.editor = true;
    boot.loader.systemd-boot.enable = false;
    boot.loader.systemd-boot.extraInstallCommands = "";
    boot.loader.timeout = 5;
    boot.zfs.forceImportRoot = true;
    boot.zfs.package = pkgs.zfs;
    boot.zfs.requestEncryptionCredentials = true;
    environment.etc = { };
    environment.systemPackages = [ ];
    fileSystems = { };
    networking.firewall.enable = true;
    networking.hostId = null;
    networking.hostName = "nixos";
    networking.useDHCP = true;
    networking.useNetworkd = false;
    services.openssh.enable = false;
    services.openssh.settings = { };
    swapDevices = [ ];
    systemd.network.networks = { };
    systemd.services = { };
    users.mutableUsers = true;
    users.users = { };
  };
}
