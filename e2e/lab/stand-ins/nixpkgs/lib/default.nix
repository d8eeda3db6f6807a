# A small stand-in for nixpkgs' lib: the module system and the functions that a NixOS module commonly uses, with the
# behaviour and the error texts of the real one. Not a name more than the real one has: a test compares both when the
# real one is given.
let
  trivial = import ./trivial.nix;
  lists = import ./lists.nix;
  attrsets = import ./attrsets.nix { inherit lists; };
  meta = import ./meta.nix { inherit attrsets; };
  strings = import ./strings.nix { inherit attrsets lists; };
  generators = import ./generators.nix { inherit lists strings attrsets; };
  options = import ./options.nix {
    inherit
      attrsets
      generators
      lists
      strings
      types
      ;
  };
  types = import ./types.nix {
    inherit
      attrsets
      lists
      modules
      options
      strings
      ;
  };
  modules = import ./modules.nix {
    inherit
      attrsets
      lib
      lists
      options
      strings
      types
      ;
  };
  lib =
    trivial
    // lists
    // removeAttrs strings [
      "escapeNixIdentifier"
      "escapeNixString"
      "isConvertibleWithToString"
      "levenshtein"
      "levenshteinAtMost"
    ]
    // attrsets
    // meta
    // {
      inherit (options)
        getFiles
        getValues
        isOption
        literalExpression
        literalMD
        mergeDefaultOption
        mergeEqualOption
        mergeOneOption
        mergeUniqueOption
        mkEnableOption
        mkOption
        mkPackageOption
        showFiles
        showOption
        ;
      inherit (types) isOptionType mkOptionType;
      inherit (modules)
        evalModules
        mergeDefinitions
        mkAfter
        mkAliasDefinitions
        mkAliasOptionModule
        mkAssert
        mkBefore
        mkDefault
        mkForce
        mkIf
        mkImageMediaOverride
        mkMerge
        mkOptionDefault
        mkOrder
        mkOverride
        mkRemovedOptionModule
        mkRenamedOptionModule
        mkVMOverride
        setDefaultModuleLocation
        ;
      inherit
        attrsets
        generators
        lists
        meta
        modules
        options
        strings
        ;
      types = removeAttrs types [ "mkOptionType" "isOptionType" ];
    };
in
lib
