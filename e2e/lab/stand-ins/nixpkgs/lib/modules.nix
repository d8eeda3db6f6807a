# The module system: modules in, one configuration out.
{
  attrsets,
  lib,
  lists,
  options,
  strings,
  types,
}:
let
  inherit (builtins)
    attrNames
    concatMap
    concatStringsSep
    filter
    head
    length
    mapAttrs
    ;
  inherit (options) isOption mkOption showDefs showOption;
  inherit (properties) pushDown;
  properties = import ./properties.nix { inherit options; };
  inherit (import ./collect-modules.nix { inherit lists options properties strings; }) collect;
  inherit
    (import ./merge-level.nix {
      inherit
        attrsets
        lists
        options
        properties
        types
        ;
    })
    mergeLevel
    ;
  renamed = import ./renamed-options.nix {
    inherit
      attrsets
      lists
      options
      properties
      types
      ;
  };

  # The options by which a module speaks to the module system itself.
  internal = {
    _file = "lib/modules.nix";
    key = "lib/modules.nix";
    options._module = {
      args = mkOption {
        type = types.lazyAttrsOf types.raw;
        internal = true;
        description = "Additional arguments passed to each module.";
      };
      check = mkOption {
        type = types.bool;
        internal = true;
        default = true;
        description = "Refuse definitions of options that no module declares.";
      };
      freeformType = mkOption {
        type = types.nullOr types.optionType;
        internal = true;
        default = null;
        description = "If set, merge all definitions that don't have an associated option together using this type.";
      };
      specialArgs = mkOption {
        readOnly = true;
        internal = true;
        description = "Externally provided module arguments.";
      };
    };
  };

  evalModules =
    arguments@{
      modules,
      prefix ? [ ],
      specialArgs ? { },
      class ? null,
    }:
    let
      loaded = collect (
        modules
        ++ [
          internal
          {
            _file = "lib/modules.nix";
            key = "lib/modules.nix:config";
            config._module = {
              args = { inherit extendModules; };
              inherit specialArgs;
            };
          }
        ]
      ) (
        {
          inherit lib specialArgs;
          inherit (merged) options;
          inherit config;
        }
        // specialArgs
      );
      # The last one first: later definitions of a list come first, as NixOS has it.
      ordered = lists.reverseList loaded;
      merged = mergeLevel prefix (map (one: {
        file = one._file;
        inherit (one) options;
      }) ordered) (
        concatMap (
          one:
          map (config: {
            file = one._file;
            inherit config;
          }) (pushDown one.config)
        ) ordered
      );
      declared = valuesOf merged.options;
      free = map (one: {
        inherit (one) file;
        value = attrsets.setAttrByPath one.prefix one.value;
      }) merged.unmatched;
      inherit (declared._module) freeformType;
      config =
        if freeformType == null then
          declared
        else
          attrsets.recursiveUpdate (if free == [ ] then { } else freeformType.merge prefix free) declared;
      checked =
        if freeformType == null && merged.unmatched != [ ] && declared._module.check then
          throw (doesNotExist prefix merged.options (head merged.unmatched))
        else
          null;
      extendModules =
        {
          modules ? [ ],
          specialArgs ? { },
          prefix ? arguments.prefix or [ ],
        }:
        evalModules (
          arguments
          // {
            inherit prefix;
            modules = arguments.modules ++ modules;
            specialArgs = arguments.specialArgs or { } // specialArgs;
          }
        );
    in
    {
      _type = "configuration";
      options = builtins.seq checked merged.options;
      config = builtins.seq checked (removeAttrs config [ "_module" ]);
      _module = builtins.seq checked config._module;
      type = types.submoduleWith { inherit modules specialArgs class; };
      inherit class extendModules;
      # Not in nixpkgs: the options that somebody defined, without a walk through all of them.
      definedOptions = builtins.seq checked merged.defined;
    };

  valuesOf = mapAttrs (_: one: if isOption one then one.value else valuesOf one);

  doesNotExist =
    prefix: options: definition:
    let
      path = prefix ++ definition.prefix;
      parent = lists.init definition.prefix;
      siblings = attrNames (attrsets.attrByPath parent { } options);
      candidates = if parent == [ ] then lists.remove "_module" siblings else siblings;
      wrong = lists.last definition.prefix;
      near = if length candidates < 100 then candidates else filter (strings.levenshteinAtMost 2 wrong) candidates;
      close = lists.take 3 (lists.sortOn (strings.levenshtein wrong) near);
      quoted = map (name: "`${showOption (lists.init path ++ [ name ])}'") close;
      suggestion =
        if close == [ ] then
          ""
        else if length close == 1 then
          "\n\nDid you mean ${head quoted}?"
        else
          "\n\nDid you mean ${concatStringsSep ", " (lists.init quoted)} or ${lists.last quoted}?";
      message = "The option `${showOption path}' does not exist. Definition values:${showDefs [ definition ]}${suggestion}";
    in
    if attrNames options != [ "_module" ] then
      message
    else if prefix == [ ] then
      "${message}\n\nIt seems as if you're trying to declare an option by placing it into `config' rather than `options'!\n"
    else
      "${message}\n\nHowever there are no options defined in `${showOption prefix}'. Are you sure you've\ndeclared your options properly? This can happen if you e.g. declared your options in `types.submodule'\nunder `config' rather than `options'.\n";
in
removeAttrs properties [ "pushDown" ]
// renamed
// {
  inherit evalModules;
  setDefaultModuleLocation = file: module: {
    _file = file;
    imports = [ module ];
  };
}
