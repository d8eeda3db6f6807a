# Evaluates every definition of a configuration to its last leaf, so that an option that nobody reads must be right too.
# Only what is defined is looked at: a default need not be known for that.
{ lib }:
let
  inherit (builtins)
    attrNames
    deepSeq
    isAttrs
    isList
    length
    seq
    ;
  seqAll = builtins.foldl' (done: one: seq one done) true;

  # mkIf and its like away.
  plain =
    definition:
    let
      kind = if isAttrs definition then definition._type or "" else "";
    in
    if kind == "if" then
      (if definition.condition then plain definition.content else [ ])
    else if kind == "merge" then
      lib.concatMap plain definition.contents
    else if kind == "override" || kind == "order" then
      plain definition.content
    else
      [ definition ];

  # Several definitions and the value that they became.
  touch =
    definitions: value:
    let
      all = lib.concatMap plain definitions;
      sets = lib.filter isAttrs all;
      elements = lib.concatMap (one: map (element: [ element ]) one) (lib.filter isList all);
    in
    if isAttrs value && value ? outPath then
      seq "${value.outPath}" true
    else if isAttrs value then
      seqAll (
        map (name: touch (lib.concatMap (set: if set ? ${name} then [ set.${name} ] else [ ]) sets) value.${name}) (
          lib.filter (name: lib.any (set: set ? ${name}) sets) (attrNames value)
        )
      )
    else if isList value && length elements == length value then
      seqAll (lib.zipListsWith touch elements value)
    else if builtins.isFunction value then
      true
    else
      deepSeq value true;

  walk = options: lib.concatMap (one: if lib.isOption one then [ one ] else walk one) (lib.attrValues options);
  # Looks at priorities only: `isDefined` of the real lib evaluates the default too.
  isDefined = option: option.highestPrio < 1500;
in
# The result of nixosSystem -> true, or the error of the first wrong definition.
evaluated:
let
  # The real lib does not say which options are defined.
  options = evaluated.definedOptions or (walk (removeAttrs evaluated.options [ "_module" ]));
in
seqAll (map (option: !isDefined option || touch option.definitions option.value) options)
