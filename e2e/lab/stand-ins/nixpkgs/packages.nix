# Stands for the packages of nixpkgs: each is /usr of the lab's target, so "${pkgs.jq}/bin/jq" is a program that is there.
# A package that a template newly uses must be added here, and to the target. Nothing is built. The one function that makes a
# package keeps its text: the lab writes it to /usr/bin of the target when it is in environment.systemPackages.
{ lib }:
let
  package = pname: mainProgram: {
    type = "derivation";
    name = "${pname}-lab";
    inherit pname;
    outPath = "/usr";
    meta = { inherit mainProgram; };
  };
in
{
  inherit lib;
  linuxPackages = { };
  stdenv.hostPlatform.system = "x86_64-linux";
  writeShellScriptBin = name: text: package name name // { text = "#!/usr/bin/bash\n${text}\n"; };
}
// lib.mapAttrs package {
  bash = "bash";
  bashInteractive = "bash";
  coreutils = "coreutils";
  cryptsetup = "cryptsetup";
  diffutils = "diff";
  dosfstools = "mkfs.fat";
  e2fsprogs = "mke2fs";
  efibootmgr = "efibootmgr";
  findutils = "find";
  gawk = "gawk";
  git = "git";
  gnugrep = "grep";
  gnused = "sed";
  gptfdisk = "gdisk";
  iproute2 = "ip";
  jq = "jq";
  keyutils = "keyctl";
  kmod = "kmod";
  nix = "nix";
  openssl = "openssl";
  rsync = "rsync";
  sanoid = "sanoid";
  sbctl = "sbctl";
  smartmontools = "smartctl";
  systemd = "systemctl";
  tpm2-tools = "tpm2";
  util-linux = "mount";
  zfs = "zfs";
}
