# Types of single values.
{
  attrsets,
  basics,
  lists,
  options,
  strings,
}:
let
  inherit (builtins)
    all
    any
    concatStringsSep
    elem
    foldl'
    head
    isAttrs
    isBool
    isFloat
    isInt
    isString
    length
    match
    ;
  inherit (options) mergeDefaultOption mergeEqualOption mergeOneOption;
  inherit (basics)
    addCheck
    mkOptionType
    noun
    plain
    sameName
    ;
  isStorePath = value: builtins.substring 0 11 (toString value) == "/nix/store/";
in
rec {
  raw = plain "raw" "raw value" (_: true) mergeOneOption;
  unspecified = plain "unspecified" "unspecified value" (_: true) mergeDefaultOption;
  bool = plain "bool" "boolean" isBool mergeEqualOption;
  boolByOr = plain "boolByOr" "boolean (merged using or)" isBool (_: any (one: one.value));
  int = plain "int" "signed integer" isInt mergeEqualOption;
  float = plain "float" "floating point number" isFloat mergeEqualOption;
  str = plain "str" "string" isString mergeEqualOption;
  nonEmptyStr = plain "nonEmptyStr" "non-empty string" (
    value: isString value && match "[ \t\n]*" value == null
  ) mergeEqualOption;
  singleLineStr =
    plain "singleLineStr" "(optionally newline-terminated) single-line string"
      (value: isString value && match "[^\n\r]*\n?" value != null)
      (loc: definitions: strings.removeSuffix "\n" (mergeEqualOption loc definitions));
  strMatching =
    pattern:
    plain "strMatching ${strings.escapeNixString pattern}" "string matching the pattern ${pattern}" (
      value: isString value && match pattern value != null
    ) mergeEqualOption;
  separatedString =
    separator:
    mkOptionType {
      name = "separatedString";
      description = "strings concatenated with ${builtins.toJSON separator}";
      descriptionClass = "noun";
      check = isString;
      merge = _: definitions: concatStringsSep separator (options.getValues definitions);
      functor = sameName "separatedString" (
        other: if other == separator then separatedString separator else null
      ) separator;
    };
  lines = separatedString "\n";
  commas = separatedString ",";
  envVar = separatedString ":";
  passwdEntry =
    type:
    addCheck type (value: match "[^:\n]*" value != null)
    // {
      name = "passwdEntry ${type.name}";
      description = "${noun type}, not containing newlines or colons";
      descriptionClass = "nonRestrictiveClause";
    };

  ints =
    let
      inclusive = lowest: highest: "between ${toString lowest} and ${toString highest} (both inclusive)";
      ranged = lowest: highest: addCheck int (value: value >= lowest && value <= highest);
      between =
        lowest: highest:
        ranged lowest highest
        // {
          name = "intBetween";
          description = "integer ${inclusive lowest highest}";
        };
      bits =
        word: lowest: highest: count:
        ranged lowest highest
        // {
          name = "${word}Int${toString count}";
          description = "${toString count} bit ${word} integer; ${inclusive lowest highest}";
        };
      clause = name: test: description: addCheck int test // {
        inherit name description;
        descriptionClass = "nonRestrictiveClause";
      };
    in
    {
      inherit between;
      unsigned = clause "unsignedInt" (value: value >= 0) "unsigned integer, meaning >=0";
      positive = clause "positiveInt" (value: value > 0) "positive integer, meaning >0";
      u8 = bits "unsigned" 0 255 8;
      u16 = bits "unsigned" 0 65535 16;
      u32 = bits "unsigned" 0 4294967295 32;
      s8 = bits "signed" (-128) 127 8;
      s16 = bits "signed" (-32768) 32767 16;
      s32 = bits "signed" (-2147483648) 2147483647 32;
    };
  port = ints.u16;
  pathWith =
    {
      inStore ? null,
      absolute ? null,
    }:
    let
      where = if inStore == null then "" else if inStore then " in the Nix store" else " not in the Nix store";
      kind = if absolute == null then "" else if absolute then "absolute " else "relative ";
    in
    plain "path" "${kind}path${where}" (
      value:
      # A real path value would be copied to the store later on.
      (if inStore == false then isString value else strings.isStringLike value)
      && (inStore == null || inStore == isStorePath value)
      && (absolute == null || absolute == (builtins.substring 0 1 (toString value) == "/"))
    ) mergeEqualOption;
  path = pathWith { absolute = true; };
  pathInStore = pathWith { inStore = true; };
  externalPath = pathWith {
    absolute = true;
    inStore = false;
  };
  package = plain "package" "package" (value: attrsets.isDerivation value || strings.isStorePath value) (
    loc: definitions:
    let
      value = mergeOneOption loc definitions;
    in
    if builtins.isPath value || isString value then attrsets.toDerivation value else value
  );
  shellPackage = package // {
    check = value: attrsets.isDerivation value && value ? shellPath;
  };

  attrs = mkOptionType {
    name = "attrs";
    description = "attribute set";
    check = isAttrs;
    merge = _: foldl' (all: one: all // one.value) { };
    emptyValue.value = { };
  };
  enum =
    values:
    let
      show =
        value:
        if isString value then
          "\"${value}\""
        else if isInt value then
          toString value
        else if isBool value then
          (if value then "true" else "false")
        else
          "<${builtins.typeOf value}>";
    in
    mkOptionType {
      name = "enum";
      description =
        if values == [ ] then
          "impossible (empty enum)"
        else if length values == 1 then
          "value ${show (head values)} (singular enum)"
        else
          "one of ${strings.concatMapStringsSep ", " show values}";
      descriptionClass = if length values < 2 then "noun" else "conjunction";
      check = value: elem value values;
      merge = mergeEqualOption;
      functor = sameName "enum" (others: enum (lists.unique (values ++ others))) values;
    };
}
