# A value as text, as error messages show it.
{
  attrsets,
  lists,
  strings,
}:
let
  inherit (builtins)
    isAttrs
    isFunction
    isList
    isString
    ;
  inherit (strings) concatStringsSep escape escapeNixIdentifier splitString;
  deepest = 10;

  show =
    depth: indent: value:
    let
      inner = "\n${indent}  ";
      outer = "\n${indent}";
      lines = splitString "\n" value;
      go = show (depth + 1) (indent + "  ");
    in
    if depth > deepest then
      "<unevaluated>"
    else if isString value then
      (if lists.length lines > 1 then showLines inner outer lines else "\"${escape [ "\\" "\"" "\${" ] value}\"")
    else if builtins.isBool value then
      (if value then "true" else "false")
    else if value == null then
      "null"
    else if builtins.isInt value then
      toString value
    else if builtins.isFloat value then
      builtins.toJSON value
    else if builtins.isPath value then
      toString value
    else if isList value then
      (if value == [ ] then "[ ]" else "[${inner}${concatStringsSep inner (map go value)}${outer}]")
    else if isFunction value || value ? __functor then
      showFunction value
    else if value == { } then
      "{ }"
    else if attrsets.isDerivation value then
      "<derivation ${value.name or "???"}>"
    else
      "{${inner}${
        concatStringsSep inner (attrsets.mapAttrsToList (name: one: "${escapeNixIdentifier name} = ${go one};") value)
      }${outer}}";

  showLines =
    inner: outer: lines:
    let
      escaped = map (builtins.replaceStrings [ "\${" "''" ] [ "''\${" "'''" ]) lines;
      end = lists.last escaped;
    in
    "''${inner}${concatStringsSep inner (lists.init escaped)}${if end == "" then outer else inner + end}''";

  showFunction =
    value:
    let
      args = if isAttrs value then { } else builtins.functionArgs value;
      words = attrsets.mapAttrsToList (name: isOptional: if isOptional then "${name}?" else name) args;
    in
    if args == { } then "<function>" else "<function, args: {${concatStringsSep ", " words}}>";
in
{
  toPretty = { }: show 0 "";
  toJSON = { }: builtins.toJSON;
  mkValueStringDefault =
    { }:
    value:
    if builtins.isBool value then
      (if value then "true" else "false")
    else if value == null then
      "null"
    else if isString value || builtins.isPath value || builtins.isInt value || isAttrs value then
      toString value
    else
      throw "generators.mkValueStringDefault: ${builtins.typeOf value} not supported";
}
