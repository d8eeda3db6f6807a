# Strings.
{ attrsets, lists }:
let
  inherit (builtins)
    concatStringsSep
    elemAt
    filter
    genList
    isList
    isString
    length
    match
    replaceStrings
    stringLength
    substring
    ;
  lower = lists.genList (n: substring n 1 "abcdefghijklmnopqrstuvwxyz") 26;
  upper = lists.genList (n: substring n 1 "ABCDEFGHIJKLMNOPQRSTUVWXYZ") 26;
  keywords = [ "assert" "else" "if" "in" "inherit" "let" "or" "rec" "then" "with" ];
  smaller = a: b: if a < b then a else b;
in
rec {
  inherit (builtins)
    compareVersions
    concatStringsSep
    isString
    match
    parseDrvName
    replaceStrings
    stringLength
    substring
    toJSON
    ;
  concatStrings = concatStringsSep "";
  concatMapStrings = f: list: concatStrings (map f list);
  concatMapStringsSep =
    separator: f: list:
    concatStringsSep separator (map f list);
  concatImapStringsSep =
    separator: f: list:
    concatStringsSep separator (lists.imap1 f list);
  concatMapAttrsStringSep =
    separator: f: set:
    concatStringsSep separator (map (name: f name set.${name}) (builtins.attrNames set));
  concatLines = concatMapStrings (line: line + "\n");
  intersperse =
    separator: list:
    if list == [ ] then
      [ ]
    else
      lists.tail (lists.concatMap (x: [ separator x ]) list);
  optionalString = condition: text: if condition then text else "";
  stringToCharacters = text: genList (n: substring n 1 text) (stringLength text);
  hasPrefix = prefix: text: substring 0 (stringLength prefix) text == prefix;
  hasSuffix =
    suffix: text:
    stringLength text >= stringLength suffix
    && substring (stringLength text - stringLength suffix) (stringLength text) text == suffix;
  hasInfix = infix: text: length (builtins.split (escapeRegex infix) "${text}") > 1;
  removePrefix =
    prefix: text:
    if hasPrefix prefix text then substring (stringLength prefix) (stringLength text) text else text;
  removeSuffix =
    suffix: text:
    if hasSuffix suffix text then
      substring 0 (stringLength text - stringLength suffix) text
    else
      text;
  escape = characters: replaceStrings characters (map (one: "\\${one}") characters);
  escapeRegex = escape (stringToCharacters "\\[{()^$?*+|.");
  escapeShellArg =
    value:
    let
      text = toString value;
    in
    if match "[[:alnum:],._+:@%/-]+" text == null then
      "'${replaceStrings [ "'" ] [ "'\\''" ] text}'"
    else
      text;
  escapeShellArgs = concatMapStringsSep " " escapeShellArg;
  escapeNixString = text: escape [ "$" ] (builtins.toJSON text);
  escapeNixIdentifier =
    text:
    if match "[a-zA-Z_][a-zA-Z0-9_'-]*" text != null && !builtins.elem text keywords then
      text
    else
      escapeNixString text;
  toLower = replaceStrings upper lower;
  toUpper = replaceStrings lower upper;
  splitString =
    separator: text:
    filter isString (builtins.split (escapeRegex (toString separator)) (toString text));
  trim =
    text:
    let
      found = match "[ \t\r\n]*(.*[^ \t\r\n])[ \t\r\n]*" text;
    in
    if found == null then "" else lists.head found;
  fixedWidthString =
    width: filler: text:
    if stringLength text >= width then text else fixedWidthString width filler (filler + text);
  fixedWidthNumber = width: number: fixedWidthString width "0" (toString number);
  toInt =
    text:
    let
      digits = match "[[:space:]]*(-?[[:digit:]]+)[[:space:]]*" text;
    in
    if digits == null || match "-?0[[:digit:]]+" (lists.head digits) != null then
      throw "toInt: Could not convert ${escapeNixString text} to int."
    else
      builtins.fromJSON (lists.head digits);
  versionOlder = a: b: builtins.compareVersions b a == 1;
  versionAtLeast = a: b: !versionOlder a b;
  getName = x: if isString x then (builtins.parseDrvName x).name else x.pname or (builtins.parseDrvName x.name).name;
  isStringLike = x: isString x || builtins.isPath x || x ? outPath || x ? __toString;
  isConvertibleWithToString =
    x:
    isStringLike x
    || builtins.elem (builtins.typeOf x) [ "null" "int" "float" "bool" ]
    || (isList x && builtins.all isConvertibleWithToString x);
  isStorePath =
    x:
    isStringLike x && match "/nix/store/[^/]+" (builtins.unsafeDiscardStringContext (toString x)) != null;
  makeBinPath = concatMapStringsSep ":" (package: "${attrsets.getBin package}/bin");
  # The number of letters to insert, delete or replace: row by row, each row from the one before.
  levenshtein =
    a: b:
    let
      as = stringToCharacters a;
      bs = stringToCharacters b;
      next =
        row: letter:
        lists.foldl' (
          done: j:
          done
          ++ [
            (smaller (smaller (elemAt row (j + 1) + 1) (elemAt done j + 1)) (
              elemAt row j + (if elemAt bs j == letter then 0 else 1)
            ))
          ]
        ) [ (lists.head row + 1) ] (genList (j: j) (length bs));
    in
    elemAt (lists.foldl' next (genList (j: j) (length bs + 1)) as) (length bs);
  levenshteinAtMost = most: a: b: levenshtein a b <= most;
}
