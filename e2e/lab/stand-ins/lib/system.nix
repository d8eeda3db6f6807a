# A rendered flake -> what the lab's nixos-install needs to know. Called with the flake's folder and the host's name.
{ flake, host }:
let
  pkgs = import ./packages.nix;
  lib = import ./library.nix;
  inherit (import ./modules.nix { inherit pkgs lib; }) evalModules;
  inherit (builtins) attrNames attrValues filter head isString match;

  inputs = {
    self.outPath = flake;
    nixpkgs.lib = lib // {
      nixosSystem =
        {
          modules,
          specialArgs ? { },
        }:
        {
          config = evalModules { inherit modules specialArgs; };
        };
    };
    disko.nixosModules.disko = ./disko-module.nix;
  };

  file = import (flake + "/flake.nix");
  strayTop = attrNames (removeAttrs file [ "description" "inputs" "outputs" ]);
  undeclared = filter (name: name != "self" && !(file.inputs ? ${name})) (
    attrNames (builtins.functionArgs file.outputs)
  );
  unknown = filter (name: !(inputs ? ${name})) (attrNames file.inputs);
  outputs =
    if strayTop != [ ] then
      throw "flake '${flake}' has an unsupported attribute '${head strayTop}'"
    else if unknown != [ ] then
      throw "cannot fetch input '${head unknown}': the lab knows only ${toString (attrNames (removeAttrs inputs [ "self" ]))}"
    else if undeclared != [ ] then
      throw "flake '${flake}' does not declare the input '${head undeclared}' that its outputs take"
    else if file.inputs.nixpkgs.url != "github:NixOS/nixpkgs/nixos-26.05" then
      throw "nixpkgs must be the release 26.05, not ${file.inputs.nixpkgs.url}"
    else
      file.outputs inputs;
  config =
    outputs.nixosConfigurations.${host}.config
      or (throw "flake '${flake}' does not provide attribute 'nixosConfigurations.\"${host}\".config.system.build.toplevel'");

  # What NixOS itself asserts, in its words where it has some, and what would make the machine useless.
  root = config.fileSystems."/" or null;
  usesZfs = builtins.any (fs: fs.fsType == "zfs") (attrValues config.fileSystems);
  admins = filter (user: builtins.elem "wheel" (user.extraGroups or [ ])) (attrValues config.users.users);
  canLogIn = user: user ? hashedPasswordFile || (user.openssh.authorizedKeys.keys or [ ]) != [ ];
  assertions = [
    {
      assertion = root != null;
      message = "The ‘fileSystems’ option does not specify your root file system.";
    }
    {
      assertion = config.boot.loader.systemd-boot.enable;
      message = "the lab boots by systemd-boot only: boot.loader.systemd-boot.enable is false";
    }
    {
      assertion = config.boot.initrd.systemd.enable;
      message = "the lab has a systemd initrd only";
    }
    {
      assertion = usesZfs -> config.networking.hostId != null;
      message = "ZFS requires networking.hostId to be set";
    }
    {
      assertion = config.networking.hostId == null || match "[0-9a-f]{8}" config.networking.hostId != null;
      message = "Invalid value given to the networking.hostId option.";
    }
    {
      assertion = match "[[:alnum:]]([[:alnum:]_-]{0,61}[[:alnum:]])?" config.networking.hostName != null;
      message = "networking.hostName: not a host name: ${config.networking.hostName}";
    }
    {
      assertion = config.system ? stateVersion && config.system.stateVersion == "26.05";
      message = "system.stateVersion must be the release that is installed, 26.05";
    }
    {
      assertion = config.nixpkgs.hostPlatform or null == "x86_64-linux";
      message = "nixpkgs.hostPlatform is not x86_64-linux: hardware-configuration.nix is not imported";
    }
    {
      assertion = config.users.mutableUsers || builtins.any canLogIn admins;
      message = "Neither the root account nor any wheel user has a password or SSH authorized key.";
    }
    {
      assertion = builtins.all (user: user.isNormalUser or false) (attrValues config.users.users);
      message = "Exactly one of users.users.<name>.isSystemUser and users.users.<name>.isNormalUser must be set.";
    }
    {
      assertion = config.networking.useNetworkd || config.systemd.network.networks == { };
      message = "systemd.network.networks without networking.useNetworkd does nothing";
    }
    {
      assertion =
        !usesZfs || config.boot.initrd.systemd.services ? "zfs-import-rpool" && !config.boot.initrd.systemd.services."zfs-import-rpool".enable;
      message = "the stock unit zfs-import-rpool would import the pool behind ours";
    }
  ];
  failed = filter (one: !one.assertion) assertions;
in
if failed != [ ] then
  throw "\nFailed assertions:${builtins.concatStringsSep "" (map (one: "\n- ${one.message}") failed)}"
else
  {
    inherit (config)
      environment
      fileSystems
      networking
      swapDevices
      users
      ;
    inherit (config.boot) kernelParams loader zfs;
    stateVersion = config.system.stateVersion;
    luksDevices = config.boot.initrd.luks.devices;
    initrdServices = config.boot.initrd.systemd.services;
    initrdBin = config.boot.initrd.systemd.extraBin;
    networks = config.systemd.network.networks;
    services = config.systemd.services;
    openssh = config.services.openssh;
    # Forces the rest: an option that nobody reads must be right too.
    checked = builtins.stringLength (builtins.toJSON config) > 0;
  }
