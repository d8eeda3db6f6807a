# What option types are made of.
{
  attrsets,
  options,
}:
let
  inherit (builtins) any elem filter;
  inherit (options) mergeDefaultOption showDefs;

  # Words of a description stand without parentheses where they cannot be misread.
  phrase = classes: type: if elem type.descriptionClass classes then type.description else "(${type.description})";
  noun = phrase [ "noun" ];
  nounOrComposite = phrase [ "noun" "composite" ];
  nounOrConjunction = phrase [ "noun" "conjunction" ];

  # The check of types that look inside a value: its message has another form than that of plain types.
  checkAll =
    check: _: definitions:
    let
      wrong = filter (one: !check one.value) definitions;
    in
    if wrong == [ ] then null else "Definition values: ${showDefs wrong}";
  structured = type: mkOptionType ({ headError = checkAll type.check; } // type);
  # Of any type, asked as `either` and `coercedTo` ask.
  headErrorOf = type: if type.headError != null then type.headError else checkAll type.check;

  sameName = name: make: payload: {
    inherit name payload;
    join = other: if other.name != name then null else make other.payload;
  };
  wrapping =
    name: make: elemType:
    sameName name (
      other:
      let
        merged = elemType.typeMerge other.functor;
      in
      if merged == null then null else make merged
    ) elemType;

  mkOptionType =
    {
      name,
      description ? null,
      descriptionClass ? null,
      check ? (_: true),
      merge ? mergeDefaultOption,
      # loc: definitions: null or what is wrong with them
      headError ? null,
      emptyValue ? { },
      getSubModules ? null,
      substSubModules ? (_: null),
      getSubOptions ? (_: { }),
      functor ? null,
      typeMerge ? null,
      nestedTypes ? { },
      deprecationMessage ? null,
    }:
    let
      self = {
        _type = "option-type";
        description = if description == null then name else description;
        functor = if functor == null then sameName name (_: self) null else functor;
        inherit
          check
          deprecationMessage
          descriptionClass
          emptyValue
          getSubModules
          getSubOptions
          headError
          merge
          name
          nestedTypes
          substSubModules
          ;
        typeMerge = if typeMerge == null then self.functor.join else typeMerge;
      };
    in
    self;

  plain =
    name: description: check: merge:
    mkOptionType {
      inherit
        name
        description
        check
        merge
        ;
      descriptionClass = "noun";
    };

  addCheck =
    type: check:
    type
    // {
      check = value: type.check value && check value;
    }
    // attrsets.optionalAttrs (type.headError != null) {
      headError =
        loc: definitions:
        let
          error = type.headError loc definitions;
        in
        if error != null then error else checkAll check loc definitions;
    };
in
{
  inherit
    addCheck
    checkAll
    headErrorOf
    mkOptionType
    noun
    nounOrComposite
    nounOrConjunction
    phrase
    plain
    sameName
    structured
    wrapping
    ;
  isOptionType = value: value._type or "" == "option-type";
}
