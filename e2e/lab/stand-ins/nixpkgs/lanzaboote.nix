# Stands for lanzaboote's NixOS module (v1.1.0): its options, and what it needs of the rest.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.boot.lanzaboote;
  option = type: default: mkOption { inherit type default; };
in
{
  options.boot.lanzaboote = {
    enable = lib.mkEnableOption "signing what boots";
    allowUnsigned = option types.bool cfg.autoGenerateKeys.enable;
    autoEnrollKeys = {
      enable = option types.bool false;
      autoReboot = option types.bool false;
      includeMicrosoftKeys = option types.bool true;
    };
    autoGenerateKeys.enable = option types.bool false;
    bootCounting.initialTries = option types.ints.u32 0;
    configurationLimit = option (types.nullOr types.int) config.boot.loader.systemd-boot.configurationLimit;
    extraEfiSysMountPoints = option (types.listOf types.str) [ ];
    measuredBoot = {
      enable = option types.bool false;
      pcrs = option (types.listOf (types.enum [ 0 1 2 3 4 7 ])) [ ];
      pcrlockDirectory = option types.path "/var/lib/pcrlock.d";
      pcrlockPolicy = option types.path "/var/lib/systemd/pcrlock.json";
    };
    pkiBundle = option (types.nullOr types.externalPath) null;
    settings = option (types.attrsOf types.anything) { };
    sortKey = option types.str "lanza";
  };
  config.assertions = lib.optional cfg.enable {
    assertion = !config.boot.loader.systemd-boot.enable;
    message = "boot.lanzaboote.enable needs boot.loader.systemd-boot.enable = lib.mkForce false.";
  };
}
