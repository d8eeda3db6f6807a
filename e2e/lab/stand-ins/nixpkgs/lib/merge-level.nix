# Declarations and definitions of one level of options, and of the levels below it.
{
  attrsets,
  lists,
  options,
  properties,
  types,
}:
let
  inherit (builtins)
    all
    attrNames
    concatMap
    concatStringsSep
    filter
    foldl'
    head
    isAttrs
    length
    mapAttrs
    zipAttrsWith
    ;
  inherit (options)
    isOption
    mkOption
    showDefs
    showFiles
    showOption
    ;
  inherit (properties) mergeDefinitions mkOptionDefault pushDown;

  # Several declarations of one option -> one.
  mergeDeclarations =
    loc:
    foldl'
      (
        result: declaration:
        let
          new = declaration.options;
          merged = result.type.typeMerge new.type.functor;
          both = name: result ? ${name} && new ? ${name};
        in
        if
          builtins.any both [ "default" "example" "description" "apply" ] || (both "type" && merged == null)
        then
          throw "The option `${showOption loc}' in `${declaration.file}' is already declared in ${showFiles result.declarations}."
        else
          new
          // result
          // {
            declarations = result.declarations ++ [ declaration.file ];
          }
          // attrsets.optionalAttrs (both "type") { type = merged; }
      )
      {
        inherit loc;
        declarations = [ ];
      };

  evaluateOption =
    loc: declared: definitions:
    let
      option = declared // {
        type = declared.type or types.unspecified;
      };
      withDefault =
        lists.optional (option ? default) {
          file = head option.declarations;
          value = mkOptionDefault option.default;
        }
        ++ definitions;
      one = definition: definition // { value = (mergeDefinitions loc option.type [ definition ]).mergedValue; };
      result =
        if option.readOnly or false && length withDefault > 1 then
          throw "The option `${showOption loc}' is read-only, but it's set multiple times. Definition values:${showDefs (map one withDefault)}"
        else
          mergeDefinitions loc option.type withDefault;
    in
    option
    // {
      inherit (result) highestPrio isDefined;
      value = builtins.addErrorContext "while evaluating the option `${showOption loc}':" (
        if option ? apply then option.apply result.mergedValue else result.mergedValue
      );
      definitions = options.getValues result.defsFinal;
      files = options.getFiles result.defsFinal;
      definitionsWithLocations = result.defsFinal;
      __toString = _: showOption loc;
    };

  # A set of options beside an option that is a submodule adds to it.
  asSubmodule =
    declaration:
    if isOption declaration.options then
      declaration
    else
      declaration
      // {
        options = mkOption { type = types.submodule { inherit (declaration) options; }; };
      };

  # prefix, declarations and configs of one level -> { options; unmatched; defined }, where `unmatched` are the
  # definitions without an option and `defined` the options with a definition. Both look only at names that are
  # defined: there are more than twenty thousand options.
  mergeLevel =
    prefix: declarations: configs:
    let
      declared = zipAttrsWith (_: found: found) (
        map (
          { file, options }:
          if isAttrs options then
            mapAttrs (_: options: { inherit file options; }) options
          else
            throw "An option declaration for `${concatStringsSep "." prefix}' has type\n`${builtins.typeOf options}' rather than an attribute set.\nDid you mean to define this outside of `options'?\n"
        ) declarations
      );
      sets = map (
        one:
        if isAttrs one.config then
          one
        else
          throw "In module `${one.file}', you're trying to define a value of type `${builtins.typeOf one.config}'\nrather than an attribute set for the option\n`${concatStringsSep "." prefix}'!\n\nThis usually happens if `${concatStringsSep "." prefix}' has option\ndefinitions inside that are not matched. Please check how to properly define\nthis option by e.g. referring to `man 5 configuration.nix'!\n"
      ) configs;
      definitions = zipAttrsWith (_: found: found) (
        map (
          { file, config }:
          mapAttrs (_: value: { inherit file value; }) config
        ) sets
      );

      results = mapAttrs (
        name: found:
        let
          loc = prefix ++ [ name ];
          isOne = declaration: isOption declaration.options;
          asOptions = filter isOne found;
          own = definitions.${name} or [ ];
          option = merged: {
            options = evaluateOption loc merged own;
            unmatched = [ ];
            defined = [ results.${name}.options ];
          };
          stray = filter (declaration: !isOne declaration && declaration.options ? _type) found;
        in
        if stray != [ ] then
          throw "In module ${(head stray).file}: expected an option declaration at option path `${showOption loc}` but got an attribute set with type ${(head stray).options._type}"
        else if length asOptions == length found then
          option (mergeDeclarations loc found)
        else if asOptions == [ ] then
          mergeLevel loc found (
            concatMap (one: map (config: { inherit (one) file; inherit config; }) (pushDown one.value)) own
          )
        else if all (one: one.options.type.name or "" == "submodule") asOptions then
          option (mergeDeclarations loc (map asSubmodule found))
        else
          throw "The option `${showOption loc}' in module `${(head asOptions).file}' would be a parent of the following options, but its type `${
            (head asOptions).options.type.description or "<no description>"
          }' does not support nested options."
      ) declared;

      names = attrNames definitions;
    in
    {
      options = mapAttrs (_: result: result.options) results;
      unmatched = concatMap (
        name:
        map (one: one // { prefix = [ name ] ++ one.prefix or [ ]; }) (
          if results ? ${name} then results.${name}.unmatched else definitions.${name}
        )
      ) names;
      defined = concatMap (name: if results ? ${name} then results.${name}.defined else [ ]) names;
    };
in
{
  inherit mergeLevel;
}
