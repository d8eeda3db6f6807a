# The type of an option, from the words that NixOS's manual describes it with. A submodule's own options come from the
# node of the option tree: `node.kids`, where "<name>" stands for an attribute's name and "*" for a list's element.
# Words that are not known give a type that accepts anything, called by those words.
{ lib, submodule }:
let
  T = lib.types;
  inherit (builtins)
    elemAt
    filter
    foldl'
    fromJSON
    head
    isList
    length
    match
    split
    ;

  # Settings that are written to a file: any data.
  data =
    name: isNullable:
    let
      value = T.oneOf [
        T.bool
        T.int
        T.float
        T.str
        T.path
        (T.lazyAttrsOf (data name isNullable))
        (T.listOf (data name isNullable))
      ];
    in
    (if isNullable then T.nullOr value else value) // { description = "${name} value"; };
  atom = T.nullOr (
    T.oneOf [
      T.bool
      T.int
      T.float
      T.str
      T.path
      T.package
    ]
  );
  iniSection = T.attrsOf (T.either atom (T.listOf atom));

  isWord = value: builtins.isBool value || builtins.isInt value || builtins.isFloat value || lib.isStringLike value;
  # Several definitions of a list join, anything else must be one.
  unitOption = lib.mkOptionType {
    name = "systemd option";
    description = "systemd option";
    check = value: value == null || isWord value || (isList value && builtins.all isWord value);
    merge =
      loc: definitions:
      if builtins.any (one: isList one.value) definitions then
        builtins.concatMap (one: lib.toList one.value) definitions
      else
        T.str.merge loc definitions;
  };

  simple = {
    "boolean" = T.bool;
    "string" = T.str;
    "non-empty string" = T.nonEmptyStr;
    "string (with check: non-empty)" = T.nonEmptyStr;
    "string (with check: non-empty without trailing slash)" = T.addCheck T.nonEmptyStr (
      value: match ".+/" value == null
    );
    "string without spaces" = T.addCheck T.str (value: match "[^ ]*" value != null) // {
      description = "string without spaces";
    };
    "single-line string" = T.singleLineStr;
    "(optionally newline-terminated) single-line string" = T.singleLineStr;
    "string, not containing newlines or colons" = T.passwdEntry T.str;
    "absolute path, not containing newlines or colons" = T.passwdEntry T.path;
    "list of string, with spaces inside double quotes" = T.listOf T.str // {
      description = "list of string, with spaces inside double quotes";
    };
    "signed integer" = T.int;
    "unsigned integer, meaning >=0" = T.ints.unsigned;
    "positive integer, meaning >0" = T.ints.positive;
    "floating point number" = T.float;
    "signed integer or floating point number" = T.number;
    "nonnegative integer or floating point number, meaning >=0" = T.numbers.nonnegative;
    "positive integer or floating point number, meaning >0" = T.numbers.positive;
    "absolute path" = T.path;
    "absolute path not in the Nix store" = T.externalPath;
    "path in the Nix store" = T.pathInStore;
    "package" = T.package;
    "raw value" = T.raw;
    "unspecified value" = T.unspecified;
    "anything" = T.anything;
    "attribute set" = T.attrs;
    "list" = T.listOf T.unspecified;
    "JSON value" = data "JSON" true;
    "YAML value" = data "YAML" true;
    "YAML 1.1 value" = data "YAML 1.1" true;
    "TOML value" = data "TOML" false;
    "systemd option" = unitOption;
    "atom (null, bool, int, float or string)" = atom;
    "INI atom (null, bool, int, float or string)" = atom;
    "Nix config atom (null, bool, int, float, str, path or package)" = atom;
    "section of an INI file (attrs of INI atom (null, bool, int, float or string))" = iniSection;
    "section of an INI file (attrs of INI atom (null, bool, int, float or string) or a list of them for duplicate keys)" =
      iniSection;
    "dataset/template options" = T.attrsOf (
      T.nullOr (
        T.oneOf [
          T.str
          T.int
          T.bool
          (T.listOf T.str)
        ]
      )
    );
  };

  patterned = [
    [
      "strings concatenated with (\".*\")"
      (found: T.separatedString (fromJSON (head found)))
    ]
    [
      "value (\"[^\"]*\"|-?[0-9]+|true|false|null) \\(singular enum\\)"
      (found: T.enum (map fromJSON found))
    ]
    [
      "one of ((\"[^\"]*\"|-?[0-9]+|true|false|null)(, (\"[^\"]*\"|-?[0-9]+|true|false|null))*)"
      (found: T.enum (fromJSON "[${head found}]"))
    ]
    [
      "integer between (-?[0-9]+) and (-?[0-9]+) \\(both inclusive\\)"
      (found: T.ints.between (fromJSON (head found)) (fromJSON (elemAt found 1)))
    ]
    [
      "integer or floating point number between (-?[0-9.]+) and (-?[0-9.]+) \\(both inclusive\\)"
      (found: T.numbers.between (fromJSON (head found)) (fromJSON (elemAt found 1)))
    ]
    [
      "(8|16|32) bit unsigned integer; between 0 and [0-9]+ \\(both inclusive\\)"
      (found: T.ints.${"u${head found}"})
    ]
    [
      "(8|16|32) bit signed integer; between -?[0-9]+ and [0-9]+ \\(both inclusive\\)"
      (found: T.ints.${"s${head found}"})
    ]
    [
      "string matching the pattern (.*)"
      (found: T.strMatching (head found))
    ]
  ];

  # "a or (b or c)" -> [ "a" "(b or c)" ], and whether a whole text is in one pair of parentheses.
  alternatives =
    text:
    let
      step =
        state: token:
        let
          word = if isList token then head token else token;
          depth = state.depth + (if word == "(" then 1 else if word == ")" then -1 else 0);
        in
        if (word == " or " || word == ", or ") && state.depth == 0 then
          state // { parts = state.parts ++ [ "" ]; }
        else
          {
            inherit depth;
            parts = lib.init state.parts ++ [ (lib.last state.parts + word) ];
            # Closed before the end: the first parenthesis is not the partner of the last one.
            isWhole = state.isWhole && (state.depth > 0 || word == "(" || word == "") && state.closed == 0;
            closed = state.closed + (if state.depth == 1 && word == ")" then 1 else 0);
          };
    in
    foldl' step {
      depth = 0;
      parts = [ "" ];
      isWhole = true;
      closed = 0;
    } (filter (token: token != "") (split "(\"[^\"]*\"|\\(|\\)|, or | or )" text));

  unknown = text: T.anything // { name = "unknown"; description = text; };

  firstMatch =
    text: rules:
    if rules == [ ] then
      null
    else
      let
        rule = head rules;
        found = match (head rule) text;
      in
      if found != null then elemAt rule 1 found else firstMatch text (builtins.tail rules);

  # What nixpkgs converts, as far as the words tell.
  coerced =
    node: final: from:
    let
      finalType = parse node final;
      fromType = parse node from;
      convert =
        if match "\\(?list of .*" final != null then
          (value: [ value ])
        else if match "\\(?attribute set of boolean\\)?" final != null then
          (value: lib.genAttrs value (_: true))
        else if match "strings concatenated with \".*\"" final != null && isList (match "\\(?list of .*" from) then
          builtins.concatStringsSep (fromJSON (head (match "strings concatenated with (\".*\")" final)))
        else
          null;
    in
    if convert == null then T.either finalType fromType else T.coercedTo fromType convert finalType;

  parse =
    node: text:
    let
      pattern = firstMatch text patterned;
      after = prefix: lib.removePrefix prefix text;
      starts = prefix: lib.hasPrefix prefix text;
      into = kid: { kids = node.kids.${kid}.kids or { }; };
      split = alternatives text;
      inner = builtins.substring 1 (builtins.stringLength text - 2) text;
      conversion = if lib.hasSuffix " convertible to it" text then alternatives (lib.removeSuffix " convertible to it" text) else null;
    in
    if simple ? ${text} then
      simple.${text}
    else if pattern != null then
      pattern
    else if starts "null or " then
      T.nullOr (parse node (after "null or "))
    else if conversion != null && length conversion.parts == 2 then
      coerced node (head conversion.parts) (lib.last conversion.parts)
    else if starts "non-empty (list of " then
      T.nonEmptyListOf (parse (into "*") (lib.removeSuffix ")" (after "non-empty (list of ")))
    else if starts "list of " then
      T.listOf (parse (into "*") (after "list of "))
    else if starts "attribute set of " then
      T.attrsOf (parse (into "<name>") (after "attribute set of "))
    else if starts "lazy attribute set of " then
      T.lazyAttrsOf (parse (into "<name>") (after "lazy attribute set of "))
    else if starts "function that evaluates to" then
      T.raw // { description = text; }
    else if text == "submodule" then
      submodule node.kids null
    else if starts "open submodule of " then
      submodule node.kids (parse { kids = { }; } (after "open submodule of "))
    else if lib.hasPrefix "(" text && lib.hasSuffix ")" text && split.isWhole then
      parse node inner
    else if length split.parts > 1 then
      T.oneOf (map (parse node) split.parts)
    else
      unknown text;
in
parse
