# The flake of the live image, evaluated without nixpkgs: with the list of NixOS's options and their types, and with names
# in place of packages. It proves that every option exists and has the right type, that nothing conflicts with the
# installation medium, and what the image is made of. It proves nothing about packages.
{
  # A lib with evalModules, the options of NixOS with what evaluates them, and a folder made by scripts/iso-stage.sh.
  libFolder,
  nixos,
  stage,
}:
let
  lib = import libFolder;
  evaluate = import (nixos + "/nixos.nix") { inherit lib; };
  force = import (nixos + "/force.nix") { inherit lib; };

  named = name: {
    type = "derivation";
    inherit name;
    outPath = "/nix/store/x-${name}";
    drvPath = "/nix/store/x-${name}.drv";
    meta.mainProgram = name;
  };
  made = name: named name // { inputDerivation = named "inputs-of-${name}"; };
  known = [
    "coreutils"
    "cryptsetup"
    "curl"
    "disko"
    "dosfstools"
    "e2fsprogs"
    "efibootmgr"
    "git"
    "gitMinimal"
    "gptfdisk"
    "iproute2"
    "iputils"
    "kbd"
    "less"
    "makeWrapper"
    "mkpasswd"
    "nix"
    "nixfmt"
    "nixfmt-tree"
    "nixos-enter"
    "nodejs_24"
    "nvme-cli"
    "openssh"
    "pciutils"
    "shadow"
    "smartmontools"
    "stdenvNoCC"
    "systemd"
    "tpm2-tools"
    "usbutils"
    "util-linux"
    "xfsprogs"
    "xorriso"
    "zfs"
  ];
  pkgs = lib.genAttrs known named // {
    lib = lib // {
      licenses.mit.free = true;
    };
    stdenv = named "stdenv" // {
      hostPlatform.system = "x86_64-linux";
    };
    runCommand =
      name: environment: script:
      made name // { inherit environment script; };
    writeText = name: text: named name // { inherit text; };
    closureInfo = { rootPaths }: named "closure-info" // { inherit rootPaths; };
    callPackage =
      file: arguments:
      let
        make = import file;
      in
      make (builtins.intersectAttrs (builtins.functionArgs make) pkgs // arguments);
  };

  # An installed machine: what it is made of is for others to prove (the rendered examples have tests of their own).
  machine = name: {
    config = {
      system.build = lib.genAttrs [
        "destroyFormatMount"
        "etc"
        "initialRamdisk"
        "mount"
        "toplevel"
        "unmount"
      ] (part: made "${name}-${part}");
      system.path = made "${name}-path";
      environment.etc.fstab = {
        enable = true;
        source = made "${name}-fstab";
      };
    };
    extendModules = _: machine "${name}-extended";
  };

  nixosSystem =
    {
      modules,
      specialArgs ? { },
    }:
    if specialArgs ? version then
      evaluate {
        specialArgs = specialArgs // {
          modulesPath = ./nixos-modules;
        };
        modules = modules ++ [
          {
            _module.args.pkgs = lib.mkForce pkgs;
            nix.package = named "the-running-nix";
            systemd.package = named "the-running-systemd";
            boot.zfs.package = named "the-running-zfs";
            system.build.isoImage = named "iso-image";
            system.build.nixos-generate-config = named "nixos-generate-config";
            system.build.nixos-install = named "nixos-install";
          }
        ];
      }
    else
      machine "installed";

  outputs = (import (stage + "/flake.nix")).outputs {
    self = outputs // {
      outPath = toString stage;
    };
    nixpkgs = {
      outPath = "/nix/store/source-of-nixpkgs";
      lib = lib // {
        inherit nixosSystem;
      };
      legacyPackages.x86_64-linux = pkgs;
    };
    disko = {
      outPath = "/nix/store/source-of-disko";
      packages.x86_64-linux.disko = named "the-pinned-disko";
      inputs.nixpkgs.outPath = "/nix/store/source-of-nixpkgs";
    };
    lanzaboote = {
      outPath = "/nix/store/source-of-lanzaboote";
      inputs.crane.outPath = "/nix/store/source-of-crane";
    };
  };
  inherit (outputs.nixosConfigurations.keystone-iso) config;
  names = map (package: package.name);
in
{
  label = config.isoImage.volumeID;
  contents = map (file: { inherit (file) target; inherit (file.source) text; }) config.isoImage.contents;
  file = config.image.baseName;
  kernelParams = config.boot.kernelParams;
  starts = config.systemd.targets.multi-user.wants;
  isOff = lib.attrNames (lib.filterAttrs (_: unit: !unit.enable) config.systemd.services);
  sshStartsWith = config.systemd.services.sshd.wantedBy;
  ssh = {
    inherit (config.services.openssh.settings)
      AllowUsers
      PasswordAuthentication
      PermitEmptyPasswords
      PermitRootLogin
      ;
  };
  nix = {
    inherit (config.nix.settings) experimental-features flake-registry;
  };
  memoryTest = config.boot.loader.grub.memtest86.enable && config.isoImage.makeBiosBootable;
  autologin = config.services.getty.autologinUser;
  hostId = config.networking.hostId;
  onPath = names config.environment.systemPackages;
  inStore = map toString config.isoImage.storeContents;
  keystone = outputs.packages.x86_64-linux.keystone.script;
  units =
    (lib.findFirst (package: package.name == "keystone-units") null config.systemd.packages).script;
  packages = lib.attrNames outputs.packages.x86_64-linux;
  checks = lib.mapAttrs (_: check: check.text or check.script) outputs.checks.x86_64-linux;
  # Also what is not read above: every definition exists and has the right type.
  everything = force outputs.nixosConfigurations.keystone-iso;
}
