# Modules, in whatever way they are written -> a list of modules in one form, with all that they import.
{
  lists,
  options,
  properties,
  strings,
}:
let
  inherit (builtins)
    attrNames
    concatMap
    filter
    head
    isAttrs
    isFunction
    isList
    isString
    mapAttrs
    ;
  inherit (options) showDefs;
  inherit (properties) mkMerge;
  unknownFile = "<unknown-file>";

  # Any way to write a module -> { _file; key; imports; options; config; disabledModules }.
  unify =
    file: key: module:
    let
      meta = [
        "_class"
        "_file"
        "key"
        "disabledModules"
        "imports"
        "freeformType"
      ];
      isLong = module ? config || module ? options;
      stray = attrNames (removeAttrs module (meta ++ [ "options" "config" "meta" ]));
      own = if isLong then module.config or { } else removeAttrs module (meta ++ [ "require" ]);
    in
    if !isAttrs module then
      throw "module ${file} (${key}) does not look like a module."
    else if isLong && stray != [ ] then
      throw "Module `${key}' has an unsupported attribute `${head stray}'. This is caused by introducing a top-level `config' or `options' attribute. Add configuration attributes immediately on the top level instead, or move all of them (namely: ${toString stray}) into the explicit `config' attribute."
    else
      {
        _file = toString module._file or file;
        key = toString module.key or key;
        disabledModules = module.disabledModules or [ ];
        imports = module.imports or [ ] ++ (if isLong then [ ] else module.require or [ ]);
        options = if isLong then module.options or { } else { };
        config =
          if module ? freeformType then
            mkMerge [
              own
              { _module.freeformType = module.freeformType; }
            ]
          else
            own;
      };

  # Arguments that are not given from outside come from _module.args, so lazily that they may depend on the configuration.
  applyIfFunction =
    key: module: args:
    if isFunction module || module ? __functor then
      module (
        args
        // mapAttrs (
          name: _:
          builtins.addErrorContext "while evaluating the module argument `${name}' in \"${key}\":" (
            args.${name} or args.config._module.args.${name}
          )
        ) (builtins.functionArgs (module.__functor or (_: module) module))
      )
    else
      module;

  load =
    args: file: key: module:
    if isFunction module then
      unify file key (applyIfFunction key module args)
    else if isList module then
      throw "Module imports can't be nested lists. Perhaps you meant to remove one level of lists? Definitions: ${
        showDefs [
          {
            inherit file;
            value = module;
          }
        ]
      }"
    else if isAttrs module then
      let
        kind = module._type or "module";
      in
      if kind == "module" then
        unify file key module
      else if kind == "if" || kind == "override" then
        load args file key { config = module; }
      else
        throw "Expected a module, but found a value of type ${strings.escapeNixString kind}, while trying to import a module into ${file}."
    else
      unify (toString module) (toString module) (applyIfFunction (toString module) (import module) args);

  collect =
    modules: args:
    let
      under =
        file: key:
        lists.imap1 (
          n: given:
          let
            module = load args file "${key}:anon-${toString n}" given;
          in
          {
            inherit (module) key;
            inherit module;
            inner = under module._file module.key module.imports;
          }
        );
      roots = under unknownFile "" modules;
      every = concatMap (one: [ one ] ++ allOf one.inner) roots;
      allOf = concatMap (one: [ one ] ++ allOf one.inner);
      disabled = concatMap (one: map keyOf one.module.disabledModules) every;
      keyOf =
        given:
        if isString given && builtins.substring 0 1 given != "/" then
          "${toString args.modulesPath or ""}/${given}"
        else
          given.key or (toString given);
      enabled = filter (one: !builtins.elem one.key disabled);
    in
    map (one: one.module) (
      builtins.genericClosure {
        startSet = enabled roots;
        operator = one: enabled one.inner;
      }
    );
in
{
  inherit collect;
}
