# Option types: what a definition must be, how several become one value, and how the type is called in messages.
{
  attrsets,
  lists,
  modules,
  options,
  strings,
}:
let
  inherit (builtins)
    all
    elemAt
    filter
    foldl'
    head
    isAttrs
    isFunction
    isList
    length
    tail
    ;
  inherit (options)
    mergeEqualOption
    mergeOneOption
    mergeUniqueOption
    showDefs
    showFiles
    showOption
    ;
  inherit (basics)
    isOptionType
    addCheck
    checkAll
    headErrorOf
    mkOptionType
    noun
    nounOrComposite
    nounOrConjunction
    phrase
    plain
    structured
    wrapping
    ;
  inherit (simple) float int path;
  inherit (modules) mergeDefinitions;
  basics = import ./type-basics.nix { inherit attrsets options; };
  simple = import ./simple-types.nix {
    inherit
      attrsets
      basics
      lists
      options
      strings
      ;
  };
  submodules = import ./submodule.nix {
    inherit basics lists;
    inherit (simple) path;
    moduleSystem = modules;
  };

  # Functions are merged by their results: one that asks each of them when it is called.
  applied =
    merge: loc: definitions: argument:
    merge (loc ++ [ "<function body>" ]) (map (one: one // { value = one.value argument; }) definitions);
in
simple
// submodules
// {
  inherit (basics) addCheck isOptionType mkOptionType;
}
// rec {
  number = either int float;
  numbers =
    let
      clause = name: test: description: addCheck number test // {
        inherit name description;
        descriptionClass = "nonRestrictiveClause";
      };
    in
    {
      between =
        lowest: highest:
        addCheck number (value: value >= lowest && value <= highest)
        // {
          name = "numberBetween";
          description = "integer or floating point number between ${builtins.toJSON lowest} and ${builtins.toJSON highest} (both inclusive)";
        };
      nonnegative = clause "numberNonnegative" (value: value >= 0) "nonnegative integer or floating point number, meaning >=0";
      positive = clause "numberPositive" (value: value > 0) "positive integer or floating point number, meaning >0";
    };

  anything = plain "anything" "anything" (_: true) (
    loc: definitions:
    let
      kind = value: if isAttrs value && strings.isStringLike value then "stringCoercibleSet" else builtins.typeOf value;
      first = kind (head definitions).value;
      merge =
        {
          set = (lazyAttrsOf anything).merge;
          stringCoercibleSet = mergeOneOption;
          lambda = applied anything.merge;
        }
        .${first} or mergeEqualOption;
    in
    if all (one: kind one.value == first) definitions then
      merge loc definitions
    else
      throw "The option `${showOption loc}' has conflicting option types in ${showFiles (options.getFiles definitions)}"
  );
  listOf =
    elemType:
    structured {
      name = "listOf";
      description = "list of ${nounOrComposite elemType}";
      descriptionClass = "composite";
      check = isList;
      merge =
        loc: definitions:
        let
          entry =
            n: one: m: value:
            mergeDefinitions (loc ++ [ "[definition ${toString n}-entry ${toString m}]" ]) elemType [
              {
                inherit (one) file;
                inherit value;
              }
            ];
          entries = builtins.concatLists (lists.imap1 (n: one: lists.imap1 (entry n one) one.value) definitions);
        in
        map (one: one.mergedValue) (filter (one: one.isDefined) entries);
      emptyValue.value = [ ];
      getSubOptions = prefix: elemType.getSubOptions (prefix ++ [ "*" ]);
      inherit (elemType) getSubModules;
      substSubModules = inner: listOf (elemType.substSubModules inner);
      functor = wrapping "listOf" listOf elemType;
      nestedTypes.elemType = elemType;
    };
  nonEmptyListOf =
    elemType:
    let
      list = addCheck (listOf elemType) (value: value != [ ]);
    in
    list
    // {
      description = "non-empty ${noun list}";
      emptyValue = { };
      substSubModules = inner: nonEmptyListOf (elemType.substSubModules inner);
    };

  attrsWith =
    {
      elemType,
      lazy ? false,
      placeholder ? "name",
    }:
    let
      name = if lazy then "lazyAttrsOf" else "attrsOf";
      again = elemType: attrsWith { inherit elemType lazy placeholder; };
    in
    structured {
      inherit name;
      description = "${if lazy then "lazy " else ""}attribute set of ${nounOrComposite elemType}";
      descriptionClass = "composite";
      check = isAttrs;
      merge =
        loc: definitions:
        let
          entries = builtins.zipAttrsWith (name: mergeDefinitions (loc ++ [ name ]) elemType) (
            map (
              one:
              builtins.mapAttrs (_: value: {
                inherit (one) file;
                inherit value;
              }) one.value
            ) definitions
          );
          # The lazy kind must not look at a value to know that its name is there.
          kept = if lazy then entries else attrsets.filterAttrs (_: one: one.isDefined) entries;
        in
        builtins.mapAttrs (
          _: one: if one.isDefined then one.mergedValue else elemType.emptyValue.value or one.mergedValue
        ) kept;
      emptyValue.value = { };
      getSubOptions = prefix: elemType.getSubOptions (prefix ++ [ "<${placeholder}>" ]);
      inherit (elemType) getSubModules;
      substSubModules = inner: again (elemType.substSubModules inner);
      functor = wrapping name again elemType;
      nestedTypes.elemType = elemType;
    };
  attrsOf = elemType: attrsWith { inherit elemType; };
  lazyAttrsOf =
    elemType:
    attrsWith {
      inherit elemType;
      lazy = true;
    };

  uniq = unique { message = ""; };
  unique =
    { message }:
    type:
    mkOptionType {
      name = "unique";
      inherit (type)
        check
        description
        descriptionClass
        emptyValue
        getSubModules
        getSubOptions
        ;
      merge = mergeUniqueOption {
        inherit message;
        inherit (type) merge;
      };
      substSubModules = inner: unique { inherit message; } (type.substSubModules inner);
      functor = wrapping "unique" (unique { inherit message; }) type;
      nestedTypes.elemType = type;
    };
  nullOr =
    elemType:
    mkOptionType {
      name = "nullOr";
      description = "null or ${nounOrConjunction elemType}";
      descriptionClass = "conjunction";
      check = value: value == null || elemType.check value;
      merge =
        loc: definitions:
        let
          nulls = filter (one: one.value == null) definitions;
        in
        if nulls == [ ] then
          elemType.merge loc definitions
        else if length nulls == length definitions then
          null
        else
          throw "The option `${showOption loc}` is defined both null and not null, in ${showFiles (options.getFiles definitions)}.";
      emptyValue.value = null;
      inherit (elemType) getSubModules getSubOptions;
      substSubModules = inner: nullOr (elemType.substSubModules inner);
      functor = wrapping "nullOr" nullOr elemType;
      nestedTypes.elemType = elemType;
    };
  either =
    left: right:
    let
      pick =
        loc: definitions:
        if headErrorOf left loc definitions == null then
          left
        else if headErrorOf right loc definitions == null then
          right
        else
          null;
    in
    mkOptionType {
      name = "either";
      description =
        if left.descriptionClass == "nonRestrictiveClause" then
          "${left.description}, or ${nounOrConjunction right}"
        else
          "${nounOrConjunction left} or ${phrase [ "noun" "conjunction" "composite" ] right}";
      descriptionClass = "conjunction";
      check = value: left.check value || right.check value;
      headError =
        loc: definitions:
        if pick loc definitions != null then
          null
        else
          "The option `${showOption loc}` is neither a value of type `${left.description}` nor `${right.description}`, Definition values: ${showDefs definitions}";
      merge =
        loc: definitions:
        let
          type = pick loc definitions;
        in
        if type == null then mergeOneOption loc definitions else type.merge loc definitions;
      functor = {
        name = "either";
        payload = [ left right ];
        join =
          other:
          let
            one = left.typeMerge (head other.payload).functor;
            two = right.typeMerge (elemAt other.payload 1).functor;
          in
          if other.name != "either" || one == null || two == null then null else either one two;
      };
      nestedTypes = { inherit left right; };
    };
  oneOf =
    all:
    if all == [ ] then throw "types.oneOf needs to get at least one type in its argument" else foldl' either (head all) (tail all);
  coercedTo =
    from: convert: to:
    let
      converted =
        loc:
        map (
          one:
          if headErrorOf from loc [ one ] == null then one // { value = convert one.value; } else one
        );
      check = value: (from.check value && to.check (convert value)) || to.check value;
    in
    mkOptionType {
      name = "coercedTo";
      description = "${noun to} or ${noun from} convertible to it";
      inherit check;
      headError =
        loc: definitions:
        if to.headError == null then checkAll check loc definitions else to.headError loc (converted loc definitions);
      merge = loc: definitions: to.merge loc (converted loc definitions);
      inherit (to) emptyValue getSubModules getSubOptions;
      substSubModules = inner: coercedTo from convert (to.substSubModules inner);
      typeMerge = _: null;
      nestedTypes = {
        coercedType = from;
        finalType = to;
      };
    };
  functionTo =
    elemType:
    mkOptionType {
      name = "functionTo";
      description = "function that evaluates to a(n) ${nounOrComposite elemType}";
      descriptionClass = "composite";
      check = value: isFunction value || value ? __functor;
      merge = applied (loc: results: (mergeDefinitions loc elemType results).mergedValue);
    };
  optionType = plain "optionType" "optionType" isOptionType mergeOneOption;
  deferredModule = plain "deferredModule" "module" (value: isAttrs value || isFunction value || path.check value) (
    loc: definitions: {
      imports = map (
        one: modules.setDefaultModuleLocation "${one.file}, via option ${showOption loc}" one.value
      ) definitions;
    }
  );
}
