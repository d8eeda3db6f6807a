# The options of NixOS as a module, from the manual's list in nixos-options.json. Nothing is built before somebody asks
# for it: an evaluation uses some hundreds of more than twenty thousand.
{ lib, list }:
let
  inherit (builtins)
    attrNames
    filter
    fromJSON
    groupBy
    head
    isString
    mapAttrs
    match
    split
    tail
    ;
  inherit (lib) hasInfix mkOption;
  changes = list.overrides26_05;
  isGone = name: changes.${name} ? removed;
  gone = filter isGone (attrNames changes);
  # The module system declares its own one.
  all = removeAttrs (list.options // list.extra // changes) (gone ++ [ "_module.args" ]);

  grow = entries: {
    option = lib.findFirst (_: true) null (map (one: all.${one.name}) (filter (one: one.path == [ ]) entries));
    # The name in the manual.
    name = lib.findFirst (_: true) null (map (one: one.name) (filter (one: one.path == [ ]) entries));
    kids = mapAttrs (_: under: grow (map (one: one // { path = tail one.path; }) under)) (
      groupBy (one: head one.path) (filter (one: one.path != [ ]) entries)
    );
  };
  tree =
    (grow (
      map (name: {
        inherit name;
        path = filter isString (split "\\." name);
      }) (attrNames all)
    )).kids;

  # The manual shows the units of the initrd without their options: they are those of the system's units.
  shallow = lib.genAttrs [
    "automounts"
    "mounts"
    "paths"
    "services"
    "slices"
    "sockets"
    "targets"
    "timers"
  ] (kind: tree.systemd.kids.${kind}.kids);
  kidsOf =
    node:
    let
      found = if node.name == null then null else match "boot\\.initrd\\.systemd\\.([a-z]+)" node.name;
    in
    if node.kids == { } && found != null then shallow.${head found} or { } else node.kids;

  digits = "-?[0-9]+(\\.[0-9]+)?";
  plain = "\"([^\"\\\\$]|\\\\[\"\\\\nt])*\"";
  word = "(${digits}|${plain}|true|false)";

  # A default in the manual's words -> { value; } when it is plain data or names a package or another option.
  literal =
    { config, pkgs }:
    text:
    let
      get = prefix: lib.splitString "." (lib.removePrefix prefix text);
    in
    if match "(null|${word})" text != null then
      { value = fromJSON text; }
    else if match "[[] ?]" text != null then
      { value = [ ]; }
    else if match "[{] ?[}]" text != null then
      { value = { }; }
    else if match "[[]( ${word})+ ]" text != null then
      {
        value = map (found: fromJSON (head found)) (filter builtins.isList (split word text));
      }
    else if match "/[A-Za-z0-9/._-]+" text != null then
      { value = text; }
    else if match "pkgs(\\.[A-Za-z0-9_-]+)+" text != null then
      { value = lib.foldl' (set: name: set.${name}) pkgs (get "pkgs."); }
    else if match "config(\\.[A-Za-z0-9_-]+)+" text != null then
      { value = lib.foldl' (set: name: set.${name}) config (get "config."); }
    else
      null;
in
{
  # `defaults`: NixOS's defaults that the manual does not give as plain data, by the option's name there.
  module =
    defaults:
    { config, pkgs, ... }:
    let
      submodule =
        kids: freeformType:
        lib.types.submodule (
          { name, ... }:
          {
            options = mapAttrs (_: toOption name) kids;
          }
          // lib.optionalAttrs (freeformType != null) { inherit freeformType; }
        );
      parse = import ./option-types.nix { inherit lib submodule; };
      table = defaults { inherit config lib pkgs; };
      defaultOf =
        path: name: option:
        let
          found = literal { inherit config pkgs; } option.default;
        in
        if table ? ${path} then
          { default = if lib.isFunction table.${path} then table.${path} name else table.${path}; }
        else if option ? default && found != null then
          { default = found.value; }
        else if option ? default || option.hasDefault or false then
          {
            default = throw "the default of the option `${path}' is not known here (the manual says: ${
              option.default or "a long text"
            }): add it to option-defaults.nix";
          }
        else
          { };
      # `name` is that of the submodule around the option, null outside of one.
      toOption =
        name: node:
        let
          kids = kidsOf node;
          inherit (node) option;
        in
        if option != null then
          mkOption (
            {
              type = parse { inherit kids; } option.type;
              description = node.name;
            }
            // defaultOf node.name name option
            // lib.optionalAttrs (option.readOnly or false) { readOnly = true; }
          )
        else if kids ? "<name>" then
          mkOption {
            type = lib.types.attrsOf (submodule kids."<name>".kids null);
            default = { };
          }
        else if kids ? "*" then
          mkOption {
            type = lib.types.listOf (submodule kids."*".kids null);
            default = [ ];
          }
        else
          mapAttrs (_: toOption name) kids;
    in
    {
      _file = "nixos-options.json";
      imports = map (
        name: lib.mkRemovedOptionModule (lib.splitString "." name) "NixOS 26.05: ${changes.${name}.removed}."
      ) (filter (name: !hasInfix "<name>" name) gone);
      options = mapAttrs (_: toOption null) tree;
    };
}
