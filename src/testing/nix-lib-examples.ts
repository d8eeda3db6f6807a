import { evaluateExpression, evaluationError, withLib } from './nix-options.ts'

/** Small uses of nixpkgs' lib, each with what NixOS makes of it: evaluated with our stand-in on every run, and with the
 *  real one when its source is given. `expression` has `lib`, `mkOption`, `types` and `evaluate`: see nix-options.ts. */
export type Example = readonly [name: string, expression: string, value: unknown]

const options = (declarations: string, ...configs: readonly string[]) =>
  `evaluate [ { options = { ${declarations} }; } ${configs.map((config) => `(${config})`).join(' ')} ]`

export const VALUES: readonly Example[] = [
  [
    'force beats plain, plain beats default, and the default of the option comes last',
    options(
      'a = mkOption { default = 1; }; b = mkOption { default = 1; }; c = mkOption { default = 1; }; d = mkOption { default = 1; };',
      '{ b = lib.mkDefault 2; c = lib.mkDefault 2; d = 3; }',
      '{ c = 3; d = lib.mkForce 4; }',
    ),
    { a: 1, b: 2, c: 3, d: 4 },
  ],
  [
    'a condition reaches into sets, and a name behind a false one is not there',
    options(
      'on = mkOption { type = types.bool; }; a = mkOption { type = types.attrsOf types.int; };',
      '{ config, ... }: lib.mkIf config.on { a.x = 1; }',
      '{ config, ... }: { on = true; a = lib.mkMerge [ { y = 2; } (lib.mkIf (!config.on) { z = 3; }) { w = lib.mkIf false 4; } ]; }',
    ),
    { on: true, a: { x: 1, y: 2 } },
  ],
  [
    'lists join in the order of NixOS, mkBefore first and mkAfter last',
    options(
      'l = mkOption { type = types.listOf types.str; default = [ "never" ]; };',
      '{ l = [ "one" ]; }',
      '{ l = lib.mkAfter [ "last" ]; }',
      '{ l = [ "two" (lib.mkIf false "no") ]; }',
      '{ imports = [ { l = [ "imported" ]; } ]; l = lib.mkBefore [ "first" ]; }',
    ),
    { l: ['first', 'imported', 'two', 'one', 'last'] },
  ],
  [
    'a submodule knows its name, has defaults of its own and takes functions',
    options(
      'a = mkOption { type = types.attrsOf (types.submodule ({ name, config, ... }: { options.n = mkOption { default = name + "!"; }; options.m = mkOption { type = types.str; default = config.n; }; })); };',
      '{ a.x = { }; a.y.n = "why"; }',
      '{ a.z = { name, ... }: { m = name; }; }',
    ),
    { a: { x: { n: 'x!', m: 'x!' }, y: { n: 'why', m: 'why' }, z: { n: 'z!', m: 'z' } } },
  ],
  [
    'a free form takes what is not declared, beside typed options',
    options(
      's = mkOption { type = types.submodule { freeformType = types.attrsOf (types.either types.int types.str); options.port = mkOption { type = types.port; default = 1; }; options.within.x = mkOption { default = 2; }; }; default = { }; };',
      '{ s.any = "x"; s.port = 80; }',
      '{ s.other = 7; }',
    ),
    { s: { any: 'x', port: 80, other: 7, within: { x: 2 } } },
  ],
  [
    'types declared in two places join',
    `evaluate [ { options.e = mkOption { type = types.enum [ "a" ]; }; options.s = mkOption { type = types.submodule { options.x = mkOption { default = 1; }; }; default = { }; }; } { options.e = mkOption { type = types.enum [ "b" ]; }; options.s = mkOption { type = types.submodule { options.y = mkOption { default = 2; }; }; }; } { e = "b"; } ]`,
    { e: 'b', s: { x: 1, y: 2 } },
  ],
  [
    'options beside an option that is a submodule belong to it',
    `evaluate [ { options.s = mkOption { type = types.submodule { options.x = mkOption { default = 1; }; }; default = { }; }; } { options.s.y = mkOption { default = 2; }; } { s.y = 3; } ]`,
    { s: { x: 1, y: 3 } },
  ],
  [
    'conversions and what is applied to the value',
    options(
      'c = mkOption { type = types.coercedTo types.str (x: [ x ]) (types.listOf types.str); }; f = mkOption { type = types.listOf types.int; apply = lib.foldl (a: b: a + b) 0; }; t = mkOption { type = types.singleLineStr; };',
      '{ c = "one"; f = [ 1 2 ]; t = "line\\n"; }',
      '{ c = [ "two" ]; f = [ 3 ]; }',
    ),
    { c: ['two', 'one'], f: 6, t: 'line' },
  ],
  [
    'texts join, anything is merged deeply, null is a value',
    options(
      'l = mkOption { type = types.lines; }; c = mkOption { type = types.commas; }; a = mkOption { type = types.anything; }; n = mkOption { type = types.nullOr types.int; default = 1; }; r = mkOption { type = types.nullOr types.int; };',
      '{ l = "a"; c = "1"; a.x.y = [ 1 ]; n = null; r = lib.mkForce 2; }',
      '{ l = "b"; c = "2"; a.x.z = true; a.x.y = [ 1 ]; r = 3; }',
    ),
    { l: 'b\na', c: '2,1', a: { x: { y: [1], z: true } }, n: null, r: 2 },
  ],
  [
    'what a module takes comes from the caller or from _module.args',
    `(lib.evalModules { specialArgs.given = "g"; modules = [ ({ given, made, ... }: { options.x = mkOption { }; config.x = given + made; }) { config._module.args.made = "m"; } ]; }).config`,
    { x: 'gm' },
  ],
  [
    'an option that was renamed passes its value on, with its priority',
    `let m = { options.new.name = mkOption { type = types.int; default = 1; }; imports = [ (lib.mkAliasOptionModule [ "old" ] [ "new" "name" ]) ]; }; in map (c: (evaluate [ m c ]).new.name) [ { } { old = 2; } { old = lib.mkForce 3; new.name = 4; } ]`,
    [1, 2, 3],
  ],
  [
    'a lazy set may depend on itself',
    options(
      'l = mkOption { type = types.lazyAttrsOf types.int; };',
      '{ config, ... }: { l.a = 1; l.b = config.l.a + 1; }',
    ),
    { l: { a: 1, b: 2 } },
  ],
  [
    'the same module is loaded once, and can be disabled',
    `evaluate [ { options.l = mkOption { type = types.listOf types.int; default = [ ]; }; } { key = "k"; l = [ 1 ]; } { key = "k"; l = [ 1 ]; } { key = "off"; l = [ 9 ]; } { disabledModules = [ { key = "off"; } ]; } ]`,
    { l: [1] },
  ],
  [
    'an option says who defined it and how strongly',
    `let e = lib.evalModules { modules = [ { options.a = mkOption { type = types.int; default = 1; }; options.b = mkOption { type = types.int; }; } { _file = "here.nix"; config.a = lib.mkDefault 2; } ]; }; in { inherit (e.options.a) isDefined highestPrio files definitions; b = e.options.b.isDefined; text = "\${e.options.a}"; }`,
    { isDefined: true, highestPrio: 1000, files: ['here.nix'], definitions: [2], b: false, text: 'a' },
  ],
  [
    'the words for types',
    `with types; map (t: t.description) [ bool int str nonEmptyStr singleLineStr lines commas port float number path package raw anything attrs (strMatching "a+") (ints.between 1 5) ints.positive ints.unsigned ints.u8 (enum [ "a" 2 true ]) (enum [ "a" ]) (listOf str) (listOf (either str int)) (nonEmptyListOf str) (attrsOf (listOf int)) (lazyAttrsOf (nullOr int)) (nullOr (enum [ "a" "b" ])) (either ints.positive str) (oneOf [ str (listOf str) int ]) (coercedTo str (x: x) int) (uniq str) (submodule { }) (listOf (submodule { freeformType = attrsOf int; })) (passwdEntry str) externalPath (nullOr (listOf (submodule { }))) (functionTo str) ]`,
    [
      'boolean',
      'signed integer',
      'string',
      'non-empty string',
      '(optionally newline-terminated) single-line string',
      'strings concatenated with "\\n"',
      'strings concatenated with ","',
      '16 bit unsigned integer; between 0 and 65535 (both inclusive)',
      'floating point number',
      'signed integer or floating point number',
      'absolute path',
      'package',
      'raw value',
      'anything',
      'attribute set',
      'string matching the pattern a+',
      'integer between 1 and 5 (both inclusive)',
      'positive integer, meaning >0',
      'unsigned integer, meaning >=0',
      '8 bit unsigned integer; between 0 and 255 (both inclusive)',
      'one of "a", 2, true',
      'value "a" (singular enum)',
      'list of string',
      'list of (string or signed integer)',
      'non-empty (list of string)',
      'attribute set of list of signed integer',
      'lazy attribute set of (null or signed integer)',
      'null or one of "a", "b"',
      'positive integer, meaning >0, or string',
      'string or list of string or signed integer',
      'signed integer or string convertible to it',
      'string',
      'submodule',
      'list of (open submodule of attribute set of signed integer)',
      'string, not containing newlines or colons',
      'absolute path not in the Nix store',
      'null or (list of (submodule))',
      'function that evaluates to a(n) string',
    ],
  ],
  [
    'lists, sets and texts',
    `with lib; {
      a = [ (optional true 1) (optionals false [ 1 ]) (optionalString true "x") (optionalAttrs false { a = 1; }) ];
      b = mapAttrs' (n: v: nameValuePair "x\${n}" (v + 1)) { a = 1; };
      c = mapAttrsToList (n: v: "\${n}\${toString v}") { b = 2; a = 1; };
      d = filterAttrs (n: v: v > 1) { a = 1; b = 2; };
      e = [ (attrByPath [ "a" "b" ] 0 { a.b = 1; }) (attrByPath [ "a" "c" ] 0 { a.b = 1; }) (hasAttrByPath [ "a" ] { a = 1; }) ];
      f = [ (concatMapStringsSep "," toString [ 1 2 ]) (splitString "." "a.b..c") (removePrefix "a" "abc") (removeSuffix "c" "abc") (hasInfix "+b" "a+b") ];
      g = [ (unique [ 1 2 1 ]) (flatten [ 1 [ 2 [ 3 ] ] ]) (imap0 (i: x: i + x) [ 5 5 ]) (take 2 [ 1 2 3 ]) (drop 1 [ 1 2 3 ]) (init [ 1 2 ]) (last [ 1 2 ]) (range 1 3) (reverseList [ 1 2 ]) ];
      h = escapeShellArgs [ "a b" "it's" "plain-1.2/x" "" "$HOME" ];
      i = [ (toUpper "aZ1") (toLower "aZ1") (toInt "7") (versionOlder "26.05" "26.11") (versionAtLeast "26.05" "26.05") (fixedWidthNumber 3 7) ];
      j = recursiveUpdate { a.b = 1; a.c = 1; } { a.b = 2; d = { }; };
      k = zipAttrsWith (n: v: v) [ { a = 1; } { a = 2; b = 3; } ];
      l = [ (strings.escapeNixString "a$b\\"\\n") (strings.escapeNixIdentifier "a b") (strings.escapeNixIdentifier "a-b") (strings.escapeNixIdentifier "with") ];
      m = [ (findFirst (x: x > 1) 0 [ 1 2 3 ]) (count (x: x > 1) [ 1 2 3 ]) (sortOn (x: 0 - x) [ 1 3 2 ]) (partition (x: x > 1) [ 1 2 ]) (foldr (a: b: a + b) "" [ "x" "y" ]) ];
      n = [ (getExe { type = "derivation"; name = "x-1"; outPath = "/o"; meta.mainProgram = "y"; }) (getExe' { type = "derivation"; name = "x"; outPath = "/o"; } "z") (makeBinPath [ { outPath = "/o"; } ]) ];
      o = [ (strings.levenshtein "role" "rolle") (trim "  a b\\n") (genAttrs [ "a" ] (n: n + "1")) (setAttrByPath [ "a" "b" ] 1) (concatMapAttrs (n: v: { "\${n}2" = v; }) { a = 1; }) (boolToString true) ];
    }`,
    {
      a: [[1], [], 'x', {}],
      b: { xa: 2 },
      c: ['a1', 'b2'],
      d: { b: 2 },
      e: [1, 0, true],
      f: ['1,2', ['a', 'b', '', 'c'], 'bc', 'ab', true],
      g: [[1, 2], [1, 2, 3], [5, 6], [1, 2], [2, 3], [1], 2, [1, 2, 3], [2, 1]],
      h: "'a b' 'it'\\''s' plain-1.2/x '' '$HOME'",
      i: ['AZ1', 'az1', 7, true, true, '007'],
      j: { a: { b: 2, c: 1 }, d: {} },
      k: { a: [1, 2], b: [3] },
      l: ['"a\\$b\\"\\n"', '"a b"', 'a-b', '"with"'],
      m: [2, 2, [3, 2, 1], { right: [2], wrong: [1] }, 'xy'],
      n: ['/o/bin/y', '/o/bin/z', '/o/bin'],
      o: [1, 'a b', { a: 'a1' }, { a: { b: 1 } }, { a2: 1 }, 'true'],
    },
  ],
]

const FILE = '{ _file = "f.nix"; config = { '
const one = (declaration: string, value: string) => options(declaration, `${FILE}${value} }; }`)

/** What NixOS refuses; `value` is its message, to the last letter. */
export const ERRORS: readonly (readonly [name: string, expression: string, message: string])[] = [
  [
    'a name that is almost right',
    one('services.k3s.role = mkOption { }; services.k3s.token = mkOption { };', 'services.k3s.rolle = "server";'),
    "The option `services.k3s.rolle' does not exist. Definition values:\n- In `f.nix': \"server\"\n\nDid you mean `services.k3s.role' or `services.k3s.token'?",
  ],
  [
    'a name in a submodule',
    one('s = mkOption { type = types.attrsOf (types.submodule { options.port = mkOption { }; }); };', 's.x.prot = 1;'),
    "The option `s.x.prot' does not exist. Definition values:\n- In `f.nix': 1\n\nDid you mean `s.x.port'?",
  ],
  [
    'nothing is declared',
    one('', 'a = 1;'),
    "The option `a' does not exist. Definition values:\n- In `f.nix': 1\n\nIt seems as if you're trying to declare an option by placing it into `config' rather than `options'!",
  ],
  [
    'a text where a number belongs',
    one('a = mkOption { type = types.int; };', 'a = "1";'),
    "A definition for option `a' is not of type `signed integer'. Definition values:\n- In `f.nix': \"1\"",
  ],
  [
    'a text where a list belongs',
    one('a = mkOption { type = types.listOf types.str; };', 'a = "1";'),
    "A definition for option `a' is not of type `list of string'. TypeError: Definition values:\n- In `f.nix': \"1\"",
  ],
  [
    'a list where a list or nothing belongs',
    one('a = mkOption { type = types.nullOr (types.listOf types.str); };', 'a = "1";'),
    "A definition for option `a' is not of type `null or (list of string)'. Definition values:\n- In `f.nix': \"1\"",
  ],
  [
    'an element of a list',
    one('a = mkOption { type = types.listOf types.port; };', 'a = [ 1 70000 ];'),
    "A definition for option `a.\"[definition 1-entry 2]\"' is not of type `16 bit unsigned integer; between 0 and 65535 (both inclusive)'. Definition values:\n- In `f.nix': 70000",
  ],
  [
    'a value that is none of the allowed',
    one('a = mkOption { type = types.enum [ "b" "c" ]; };', 'a = { x = 1; y = [ true null ]; };'),
    'A definition for option `a\' is not of type `one of "b", "c"\'. Definition values:\n- In `f.nix\':\n    {\n      x = 1;\n      y = [\n        true\n        null\n    ...',
  ],
  [
    'a pattern that does not match',
    one('a = mkOption { type = types.strMatching "[a-z]+"; };', 'a = "A\\nB";'),
    "A definition for option `a' is not of type `string matching the pattern [a-z]+'. Definition values:\n- In `f.nix':\n    ''\n      A\n      B''",
  ],
  [
    'two values of one option',
    options('a = mkOption { type = types.str; };', `${FILE} a = "x"; }; }`, '{ _file = "g.nix"; config.a = "y"; }'),
    'The option `a\' has conflicting definition values:\n- In `g.nix\': "y"\n- In `f.nix\': "x"\nUse `lib.mkForce value` or `lib.mkDefault value` to change the priority on any of these definitions.',
  ],
  [
    'two definitions of what must be one',
    options(
      'a = mkOption { type = types.uniq types.str; };',
      `${FILE} a = "x"; }; }`,
      '{ _file = "g.nix"; config.a = "x"; }',
    ),
    'The option `a\' is defined multiple times while it\'s expected to be unique.\n\nDefinition values:\n- In `g.nix\': "x"\n- In `f.nix\': "x"\nUse `lib.mkForce value` or `lib.mkDefault value` to change the priority on any of these definitions.',
  ],
  [
    'null and not null',
    options(
      'a = mkOption { type = types.nullOr types.int; };',
      `${FILE} a = 1; }; }`,
      '{ _file = "g.nix"; config.a = null; }',
    ),
    "The option `a` is defined both null and not null, in `g.nix' and `f.nix'.",
  ],
  [
    'a value that nobody gave',
    one('a.b = mkOption { type = types.str; };', ''),
    "The option `a.b' was accessed but has no value defined. Try setting the option.",
  ],
  [
    'another value of a read-only option',
    one('a = mkOption { type = types.int; readOnly = true; default = 1; };', 'a = 2;').replace(
      'options = {',
      '_file = "o.nix"; options = {',
    ),
    "The option `a' is read-only, but it's set multiple times. Definition values:\n- In `o.nix': 1\n- In `f.nix': 2",
  ],
  [
    'a number for a choice of types',
    one('a = mkOption { type = types.either types.str (types.listOf types.str); };', 'a = 1;'),
    "A definition for option `a' is not of type `string or list of string'. TypeError: The option `a` is neither a value of type `string` nor `list of string`, Definition values:\n- In `f.nix': 1",
  ],
  [
    'an option that is there twice',
    `evaluate [ { _file = "f.nix"; options.a = mkOption { default = 1; }; } { _file = "g.nix"; options.a = mkOption { default = 2; }; } ]`,
    "The option `a' in `f.nix' is already declared in `g.nix'.",
  ],
  [
    'settings beside config',
    `evaluate [ { options.a = mkOption { }; a = 1; } ]`,
    "Module `:anon-1' has an unsupported attribute `a'. This is caused by introducing a top-level `config' or `options' attribute. Add configuration attributes immediately on the top level instead, or move all of them (namely: a) into the explicit `config' attribute.",
  ],
  [
    'a value where options are',
    one('a.b = mkOption { };', 'a = 1;'),
    "In module `f.nix', you're trying to define a value of type `int'\nrather than an attribute set for the option\n`a'!\n\nThis usually happens if `a' has option\ndefinitions inside that are not matched. Please check how to properly define\nthis option by e.g. referring to `man 5 configuration.nix'!",
  ],
  [
    'a removed option that is read',
    `(evaluate [ { options.assertions = mkOption { }; } (lib.mkRemovedOptionModule [ "a" "b" ] "Use c.") { a.b = 1; } ]).a.b`,
    "The option `a.b' can no longer be used since it's been removed. Use c.",
  ],
]

/** What a lib makes of all of them, and what was expected: both by name. */
export async function tryExamples(lib: string): Promise<{ found: object; expected: object }> {
  const all = VALUES.map(([, expression]) => `(${expression})`)
  const { value } = await evaluateExpression(withLib(lib, `[ ${all.join('\n')} ]`))
  const values = value as readonly unknown[]
  const found: (readonly [string, unknown])[] = VALUES.map(([name], index) => [name, values[index]])
  for (const [name, expression] of ERRORS) found.push([name, await evaluationError(withLib(lib, expression))])
  const expected = [...VALUES, ...ERRORS].map(([name, , result]) => [name, result] as const)
  return { found: Object.fromEntries(found), expected: Object.fromEntries(expected) }
}
