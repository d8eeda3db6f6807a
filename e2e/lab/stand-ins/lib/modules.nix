# A small module system: what the rendered modules need of nixpkgs' evalModules, with its error texts. Definitions of the
# same option are merged by type; two different values of one bool, int or string are an error.
{ pkgs, lib }:
let
  inherit (builtins)
    attrNames
    concatLists
    concatStringsSep
    elem
    filter
    foldl'
    functionArgs
    head
    isAttrs
    isBool
    isFunction
    isInt
    isList
    isPath
    isString
    listToAttrs
    map
    split
    tail
    typeOf
    ;
  known = import ./options.nix { inherit pkgs; };

  words = path: filter isString (split "\\." path);

  # "a.<name>.b" = type  ->  { children.a.any.children.b.type = type; }
  tree = foldl' (node: path: insert node (words path) known.types.${path}) { children = { }; } (attrNames known.types);
  insert =
    node: path: type:
    if path == [ ] then
      node // { inherit type; }
    else if head path == "<name>" then
      node // { any = insert (node.any or { children = { }; }) (tail path) type; }
    else
      node
      // {
        children = node.children // {
          ${head path} = insert (node.children.${head path} or { children = { }; }) (tail path) type;
        };
      };

  show = path: concatStringsSep "." path;
  fileOf = module: if isPath module || isString module then toString module else "<inline>";

  # A module, whatever its form -> [ { file; config; } ], with everything it imports.
  collect =
    args: module:
    let
      file = fileOf module;
      loaded = if isPath module || isString module then import module else module;
      wanted = attrNames (functionArgs loaded);
      missing = filter (name: !(args ? ${name}) && !(functionArgs loaded).${name}) wanted;
      value =
        if !isFunction loaded then
          loaded
        else if missing != [ ] then
          throw "function 'anonymous lambda' called without required argument '${head missing}', in ${file}"
        else
          loaded (builtins.intersectAttrs (functionArgs loaded) args);
      isLong = value ? config || value ? options;
      stray = filter (name: !(elem name [ "imports" "config" "options" "_file" ])) (attrNames value);
      config = if isLong then value.config or { } else removeAttrs value [ "imports" "_file" ];
    in
    if isLong && stray != [ ] then
      throw "Module `${file}' has an unsupported attribute `${head stray}'. This is caused by introducing a top-level `config' or `options' attribute."
    else
      concatLists (map (collect args) (value.imports or [ ])) ++ [ { inherit file config; } ];

  # mkIf, mkMerge and mkForce away: one value -> [ { file; value; priority; } ].
  discharge =
    definition:
    let
      type = if isAttrs definition.value then definition.value._type or null else null;
    in
    if type == "if" then
      (if definition.value.condition then discharge (definition // { value = definition.value.content; }) else [ ])
    else if type == "merge" then
      concatLists (map (value: discharge (definition // { inherit value; })) definition.value.contents)
    else if type == "override" then
      discharge (definition // { inherit (definition.value) priority; value = definition.value.content; })
    else
      [ definition ];

  wrong =
    path: definition: what:
    throw "A definition for option `${show path}' is not of type `${what}'. Definition values:\n- In `${definition.file}': ${typeOf definition.value}";

  check =
    path: what: test: definitions:
    map (definition: if test definition.value then definition.value else wrong path definition what) definitions;

  unique =
    path: definitions: values:
    if builtins.all (value: value == head values) values then
      head values
    else
      throw "The option `${show path}' has conflicting definition values:${
        concatStringsSep "" (map (definition: "\n- In `${definition.file}': ${builtins.toJSON definition.value}") definitions)
      }";

  # A derivation stands for its path.
  isStringLike = value: isString value || (isAttrs value && value ? outPath);

  mergeAnything =
    path: definitions:
    let
      values = map (definition: definition.value) definitions;
    in
    if builtins.all (value: isAttrs value && !(value ? outPath)) values then
      listToAttrs (
        map (name: {
          inherit name;
          value = mergeAnything (path ++ [ name ]) (
            concatLists (
              map (
                definition:
                if definition.value ? ${name} then discharge (definition // { value = definition.value.${name}; }) else [ ]
              ) definitions
            )
          );
        }) (attrNames (foldl' (all: value: all // value) { } values))
      )
    else if builtins.all isList values then
      concatLists values
    else
      unique path definitions values;

  merge = {
    bool = path: definitions: unique path definitions (check path "boolean" isBool definitions);
    int = path: definitions: unique path definitions (check path "signed integer" isInt definitions);
    str = path: definitions: unique path definitions (map toString (check path "string" isStringLike definitions));
    lines = path: definitions: concatStringsSep "\n" (check path "strings concatenated with \"\\n\"" isString definitions);
    list = path: definitions: concatLists (check path "list" isList definitions);
    listOf-str =
      path: definitions:
      concatLists (
        check path "list of string" (value: isList value && builtins.all isStringLike value) definitions
      );
    raw = path: definitions: unique path definitions (map (definition: definition.value) definitions);
    anything = mergeAnything;
  };

  mergeNode =
    path: node: definitions:
    let
      plain = concatLists (map discharge definitions);
      strongest = foldl' (least: definition: if definition.priority < least then definition.priority else least) 9999 plain;
      winning = filter (definition: definition.priority == strongest) plain;
      names = attrNames (foldl' (all: definition: all // attrsOf path definition) { } plain);
      childOf =
        name:
        if node.children ? ${name} then
          node.children.${name}
        else if node ? any then
          node.any
        else
          let
            culprit = head (filter (definition: definition.value ? ${name}) plain);
          in
          throw "The option `${show (path ++ [ name ])}' does not exist. Definition values:\n- In `${culprit.file}'";
    in
    if node ? type then
      if winning != [ ] then merge.${node.type} path winning else defaultOf path known.defaults
    else
      # Lazy in its values: which names there are must not depend on what is behind a mkIf or mkMerge.
      listToAttrs (
        map (name: {
          inherit name;
          value = mergeNode (path ++ [ name ]) (childOf name) (
            concatLists (
              map (
                definition:
                if definition.value ? ${name} then discharge (definition // { value = definition.value.${name}; }) else [ ]
              ) plain
            )
          );
        }) names
      );

  attrsOf =
    path: definition:
    if isAttrs definition.value then definition.value else wrong path definition "attribute set";

  # For an option whose every definition is behind a mkIf that is false.
  defaultOf =
    path: defaults:
    if path == [ ] then
      defaults
    else if isAttrs defaults && defaults ? ${head path} then
      defaultOf (tail path) defaults.${head path}
    else
      throw "The option `${show path}' was accessed but has no value defined. Try setting the option.";

  withDefaults =
    defaults: value:
    if isAttrs defaults && isAttrs value && !(value ? outPath) then
      defaults // builtins.mapAttrs (name: inner: if defaults ? ${name} then withDefaults defaults.${name} inner else inner) value
    else
      value;
in
{
  # { modules; specialArgs } -> the merged config.
  evalModules =
    { modules, specialArgs }:
    let
      args = {
        inherit config lib pkgs;
        modulesPath = ./nixos-modules;
      } // specialArgs;
      definitions = map (module: {
        inherit (module) file;
        value = module.config;
        priority = 100;
      }) (concatLists (map (collect args) modules));
      config = withDefaults known.defaults (mergeNode [ ] tree definitions);
    in
    config;
}
