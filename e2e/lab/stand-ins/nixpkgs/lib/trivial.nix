# Small functions on values.
rec {
  inherit (builtins)
    add
    addErrorContext
    bitAnd
    bitOr
    bitXor
    deepSeq
    functionArgs
    fromJSON
    genericClosure
    isAttrs
    isBool
    isFloat
    isInt
    isPath
    lessThan
    pathExists
    readFile
    seq
    sub
    trace
    tryEval
    typeOf
    unsafeGetAttrPos
    ;
  id = x: x;
  const = x: _: x;
  pipe = builtins.foldl' (x: f: f x);
  flip =
    f: a: b:
    f b a;
  and = a: b: a && b;
  or = a: b: a || b;
  xor = a: b: a != b;
  boolToString = b: if b then "true" else "false";
  boolToYesNo = b: if b then "yes" else "no";
  mergeAttrs = a: b: a // b;
  mapNullable = f: a: if a == null then a else f a;
  min = a: b: if a < b then a else b;
  max = a: b: if a > b then a else b;
  mod = base: int: base - int * (base / int);
  isFunction = f: builtins.isFunction f || (f ? __functor && builtins.isFunction (f.__functor f));
  toFunction = v: if isFunction v then v else _: v;
  # Without a log nobody would see it: a test that must not warn looks at stderr.
  warn = message: builtins.trace "evaluation warning: ${message}";
  warnIf = condition: message: if condition then warn message else id;
  warnIfNot = condition: warnIf (!condition);
  throwIf = condition: message: if condition then throw message else id;
  throwIfNot = condition: throwIf (!condition);
  assertMsg = condition: message: condition || throw message;
  assertOneOf =
    name: value: allowed:
    assertMsg (builtins.elem value allowed) "${name} must be one of ${builtins.toJSON allowed}, but is: ${builtins.toJSON value}";
  importJSON = path: builtins.fromJSON (builtins.readFile path);
  importTOML = path: builtins.fromTOML (builtins.readFile path);
  toHexString =
    number:
    let
      digit = n: builtins.substring n 1 "0123456789ABCDEF";
      go = n: if n < 16 then digit n else go (n / 16) + digit (mod n 16);
    in
    go number;
  versions = {
    majorMinor =
      version:
      let
        words = builtins.splitVersion version;
      in
      "${builtins.head words}.${builtins.elemAt words 1}";
    major = version: builtins.head (builtins.splitVersion version);
  };
  version = "26.05";
}
