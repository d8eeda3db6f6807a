# The command `keystone` for the people of this machine: what command.sh says, and what it must know about the machine.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  inherit (config.keystone) storage tpm;
  unlock =
    if !storage.isEncrypted then
      "none"
    else if !tpm.unlock then
      "passphrase"
    else if tpm.pin then
      "tpm-pin"
    else
      "tpm";
in
{
  options.keystone.command = lib.mkOption {
    type = lib.types.package;
    readOnly = true;
    description = "The program `keystone`.";
    default = pkgs.writeShellScriptBin "keystone" ''
      export PATH=${
        lib.makeBinPath [
          pkgs.coreutils
          pkgs.cryptsetup
          pkgs.gnugrep
          pkgs.gnused
          pkgs.jq
          pkgs.systemd
          pkgs.tpm2-tools
        ]
      }:$PATH
      # cryptsetup reads the TPM's key by a plug-in of systemd, and looks for it where libraries are.
      export LD_LIBRARY_PATH=${pkgs.systemd}/lib/cryptsetup
      export KEYSTONE_LUKS_DEVICE=${lib.optionalString storage.isEncrypted (lib.escapeShellArg storage.luksDevice)}
      export KEYSTONE_UNLOCK=${unlock}

      ${builtins.readFile ./command.sh}
    '';
    defaultText = lib.literalExpression "command.sh with the names of this machine's disks";
  };

  config.environment.systemPackages = [ config.keystone.command ];
}
