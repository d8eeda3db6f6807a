# Declaring options, and what error messages say about them.
{
  attrsets,
  generators,
  lists,
  strings,
  types,
}:
let
  inherit (lists) filter head length tail;
  inherit (strings) concatMapStrings concatStringsSep;
  advice = "Use `lib.mkForce value` or `lib.mkDefault value` to change the priority on any of these definitions.\n";
in
rec {
  isOption = value: builtins.isAttrs value && value._type or "" == "option";
  mkOption = declaration: declaration // { _type = "option"; };
  mkEnableOption =
    name:
    mkOption {
      type = types.bool;
      default = false;
      example = true;
      description = "Whether to enable ${name}.";
    };
  mkPackageOption =
    pkgs: name:
    {
      nullable ? false,
      default ? name,
      example ? null,
      extraDescription ? "",
      pkgsText ? "pkgs",
    }:
    let
      path = lists.toList default;
      shown = concatStringsSep "." path;
      type = if nullable then types.nullOr types.package else types.package;
    in
    mkOption (
      {
        inherit type;
        description =
          "The ${lists.last (lists.toList name)} package to use."
          + (if extraDescription == "" then "" else " ${extraDescription}");
      }
      // (
        if default != null then
          {
            default = attrsets.attrByPath path (throw "${shown} cannot be found in ${pkgsText}") pkgs;
            defaultText = literalExpression "${pkgsText}.${shown}";
          }
        else if nullable then
          { default = null; }
        else
          { }
      )
      // attrsets.optionalAttrs (example != null) {
        example = literalExpression (
          if builtins.isList example then "${pkgsText}.${concatStringsSep "." example}" else example
        );
      }
    );
  literalExpression = text: {
    _type = "literalExpression";
    inherit text;
  };
  literalMD = text: {
    _type = "literalMD";
    inherit text;
  };

  getValues = map (definition: definition.value);
  getFiles = map (definition: definition.file);

  showOption =
    parts:
    concatStringsSep "." (
      map (part: if part == "*" || builtins.match "<.*>" part != null then part else strings.escapeNixIdentifier part) parts
    );
  showFiles = files: concatStringsSep " and " (map (file: "`${file}'") files);
  showDefs = concatMapStrings (
    definition:
    let
      shown = builtins.tryEval (generators.toPretty { } definition.value);
      lines = strings.splitString "\n" shown.value;
      value = concatStringsSep "\n    " (lists.take 5 lines ++ lists.optional (length lines > 5) "...");
    in
    "\n- In `${definition.file}'"
    + (if !shown.success then "" else if length lines > 1 then ":\n    ${value}" else ": ${value}")
  );

  # How definitions of one option become its value.
  mergeEqualOption =
    loc: definitions:
    let
      first = head definitions;
      others = filter (one: one.value != first.value) (tail definitions);
    in
    if length definitions == 1 || others == [ ] then
      first.value
    else
      throw "The option `${showOption loc}' has conflicting definition values:${showDefs [ first (head others) ]}\n${advice}";
  mergeOneOption = mergeUniqueOption { message = ""; };
  mergeUniqueOption =
    {
      message,
      merge ? (_: definitions: (head definitions).value),
    }:
    loc: definitions:
    if length definitions == 1 then
      merge loc definitions
    else
      throw "The option `${showOption loc}' is defined multiple times while it's expected to be unique.\n${message}\nDefinition values:${showDefs definitions}\n${advice}";
  mergeDefaultOption =
    loc: definitions:
    let
      values = getValues definitions;
      first = head values;
    in
    if length values == 1 then
      first
    else if builtins.all builtins.isFunction values then
      x: mergeDefaultOption loc (map (one: one // { value = one.value x; }) definitions)
    else if builtins.all builtins.isList values then
      builtins.concatLists values
    else if builtins.all builtins.isAttrs values then
      builtins.foldl' (all: value: all // value) { } values
    else if builtins.all builtins.isBool values then
      builtins.any (value: value) values
    else if builtins.all builtins.isString values then
      strings.concatStrings values
    else if builtins.all (value: builtins.isInt value && value == first) values then
      first
    else
      throw "Cannot merge definitions of `${showOption loc}'. Definition values:${showDefs definitions}";
}
