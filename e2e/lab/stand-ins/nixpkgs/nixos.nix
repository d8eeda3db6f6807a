# Stands for nixpkgs.lib.nixosSystem: the options of NixOS, what its own modules do with them as far as it matters here,
# and the assertions. `lib` may be the real one.
{
  lib,
  list ? builtins.fromJSON (builtins.readFile ./nixos-options.json),
}:
let
  pkgs = import ./packages.nix { inherit lib; };
  inherit (import ./option-tree.nix { inherit lib list; }) module;
  inherit (lib) mkOption types;

  base = {
    _file = "nixos";
    imports = [
      (module (import ./option-defaults.nix))
      ./nixos-assertions.nix
    ];
    options = {
      assertions = mkOption {
        type = types.listOf types.unspecified;
        internal = true;
        default = [ ];
        description = "What must hold, and what is said when it does not.";
      };
      warnings = mkOption {
        type = types.listOf types.str;
        internal = true;
        default = [ ];
        description = "What the owner is told at each rebuild.";
      };
    };
    config = {
      _module.args = {
        inherit pkgs;
        utils = import ./utils.nix { inherit lib; };
      };
      users.users.root = {
        uid = 0;
        home = "/root";
      };
    };
  };
in
{
  modules,
  specialArgs ? { },
  system ? null,
}:
let
  evaluated = lib.evalModules {
    class = "nixos";
    modules = [ base ] ++ modules;
    specialArgs = {
      modulesPath = ./modules;
    }
    // specialArgs;
  };
  failed = lib.filter (one: !one.assertion) evaluated.config.assertions;
  held =
    if failed == [ ] then
      null
    else
      throw "\nFailed assertions:\n${lib.concatMapStringsSep "\n" (one: "- ${one.message}") failed}";
in
evaluated
// {
  inherit pkgs;
  # The configuration with its assertions: what building the system would look at first.
  asserted = builtins.seq held evaluated.config;
}
