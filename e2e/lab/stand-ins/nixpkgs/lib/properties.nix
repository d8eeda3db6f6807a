# Properties: what mkIf, mkMerge, mkOverride and mkOrder wrap around a value, and how they come off again.
{ options }:
let
  inherit (builtins)
    concatMap
    filter
    foldl'
    isAttrs
    isBool
    mapAttrs
    ;
  inherit (options) showDefs showOption;
  defaultPriority = 100;

  property = _type: fields: fields // { inherit _type; };
  mkIf = condition: content: property "if" { inherit condition content; };
  mkMerge = contents: property "merge" { inherit contents; };
  mkOverride = priority: content: property "override" { inherit priority content; };
  mkOptionDefault = mkOverride 1500;
  mkDefault = mkOverride 1000;
  mkOrder = priority: content: property "order" { inherit priority content; };

  # To the children of a set, so that whether a name is there does not depend on a condition.
  pushDown =
    value:
    let
      kind = value._type or "";
      into = wrap: inner: if isAttrs inner then mapAttrs (_: wrap) inner else inner;
    in
    if kind == "merge" then
      concatMap pushDown value.contents
    else if kind == "if" then
      map (into (mkIf value.condition)) (pushDown value.content)
    else if kind == "override" then
      map (into (mkOverride value.priority)) (pushDown value.content)
    else
      [ value ];

  # One value with conditions -> the values that hold.
  discharge =
    value:
    let
      kind = value._type or "";
    in
    if kind == "merge" then
      concatMap discharge value.contents
    else if kind == "if" then
      if !isBool value.condition then
        throw "‘mkIf’ called with a non-Boolean condition"
      else if value.condition then
        discharge value.content
      else
        [ ]
    else
      [ value ];

  strongest =
    definitions:
    let
      priorityOf = one: if one.value._type or "" == "override" then one.value.priority else defaultPriority;
      strip = one: if one.value._type or "" == "override" then one // { value = one.value.content; } else one;
      priority = foldl' (least: one: (if priorityOf one < least then priorityOf one else least)) 9999 definitions;
    in
    {
      inherit priority;
      values = map strip (filter (one: priorityOf one == priority) definitions);
    };

  inOrder =
    definitions:
    let
      isOrdered = one: one.value._type or "" == "order";
      place = one: if isOrdered one then one.value.priority else 1000;
      strip = one: if isOrdered one then one // { value = one.value.content; } else one;
    in
    if builtins.any isOrdered definitions then
      map strip (builtins.sort (a: b: place a < place b) definitions)
    else
      definitions;

  mergeDefinitions =
    loc: type: definitions:
    let
      held = concatMap (
        one:
        map (value: { inherit (one) file; inherit value; }) (
          builtins.addErrorContext "while evaluating definitions from `${one.file}':" (discharge one.value)
        )
      ) definitions;
      winning = strongest held;
      final = inOrder winning.values;
      notOfType = "A definition for option `${showOption loc}' is not of type `${type.description}'.";
      error = type.headError loc final;
      wrong = filter (one: !type.check one.value) final;
    in
    rec {
      isDefined = final != [ ];
      defsFinal = final;
      highestPrio = winning.priority;
      mergedValue =
        if !isDefined then
          type.emptyValue.value
            or (throw "The option `${showOption loc}' was accessed but has no value defined. Try setting the option.")
        else if type.headError != null then
          (if error != null then throw "${notOfType} TypeError: ${error}" else type.merge loc final)
        else if wrong != [ ] then
          throw "${notOfType} Definition values:${showDefs wrong}"
        else
          type.merge loc final;
    };
in
{
  inherit
    mergeDefinitions
    mkDefault
    mkIf
    mkMerge
    mkOptionDefault
    mkOrder
    mkOverride
    pushDown
    ;
  mkForce = mkOverride 50;
  mkImageMediaOverride = mkOverride 60;
  mkVMOverride = mkOverride 10;
  mkBefore = mkOrder 500;
  mkAfter = mkOrder 1500;
  mkAssert =
    condition: message: content:
    mkIf (if condition then true else throw "\nFailed assertion: ${message}") content;
  mkAliasDefinitions = option: mkIf option.isDefined (mkMerge option.definitions);
}
