# A rendered flake, called with stand-ins for its inputs -> its outputs. Strict about what Nix itself would refuse.
# `lib` and the module `disko` may be the real ones.
{
  flake,
  lib ? import ./lib,
  disko ? ./disko.nix,
  # Several flakes share one, and with it the tree of all options.
  nixosSystem ? import ./nixos.nix { inherit lib; },
}:
let
  inherit (builtins) attrNames filter head;
  inputs = {
    self.outPath = flake;
    nixpkgs = {
      lib = lib // {
        inherit nixosSystem;
      };
      legacyPackages = throw "the lab has no packages outside of a system";
    };
    disko.nixosModules = {
      inherit disko;
    };
    lanzaboote.nixosModules.lanzaboote = ./lanzaboote.nix;
  };
  known = attrNames (removeAttrs inputs [ "self" ]);

  file = import (flake + "/flake.nix");
  strayTop = attrNames (removeAttrs file [ "description" "inputs" "outputs" ]);
  undeclared = filter (name: name != "self" && !(file.inputs ? ${name})) (
    attrNames (builtins.functionArgs file.outputs)
  );
  unknown = filter (name: !(inputs ? ${name})) (attrNames file.inputs);
in
if strayTop != [ ] then
  throw "flake '${flake}' has an unsupported attribute '${head strayTop}'"
else if unknown != [ ] then
  throw "cannot fetch input '${head unknown}': the lab knows only ${toString known}"
else if undeclared != [ ] then
  throw "flake '${flake}' does not declare the input '${head undeclared}' that its outputs take"
else if file.inputs.nixpkgs.url != "github:NixOS/nixpkgs/nixos-26.05" then
  throw "nixpkgs must be the release 26.05, not ${file.inputs.nixpkgs.url}"
else
  file.outputs inputs
