# The packages of every program that the installer calls, from the list that its tests hold against its code.
# `instead` replaces some by name: those that must fit the running system.
{
  lib,
  pkgs,
  instead ? { },
}:
let
  programs = builtins.fromJSON (builtins.readFile ./programs.json);
  names = lib.unique (map (program: program.nixpkgs) (lib.attrValues programs));
in
map (name: instead.${name} or pkgs.${name}) names
