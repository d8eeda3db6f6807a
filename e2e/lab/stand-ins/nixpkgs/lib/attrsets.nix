# Attribute sets.
{ lists }:
let
  inherit (builtins)
    concatMap
    foldl'
    head
    isAttrs
    length
    tail
    ;
in
rec {
  inherit (builtins)
    attrNames
    catAttrs
    hasAttr
    intersectAttrs
    listToAttrs
    mapAttrs
    removeAttrs
    zipAttrsWith
    ;
  attrVals = names: set: map (name: set.${name}) names;
  attrValues = builtins.attrValues;
  getAttr = builtins.getAttr;
  nameValuePair = name: value: { inherit name value; };
  mapAttrs' = f: set: listToAttrs (map (name: f name set.${name}) (attrNames set));
  mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);
  attrsToList = mapAttrsToList nameValuePair;
  concatMapAttrs = f: set: foldl' (all: name: all // f name set.${name}) { } (attrNames set);
  filterAttrs = test: set: removeAttrs set (builtins.filter (name: !test name set.${name}) (attrNames set));
  genAttrs = names: f: listToAttrs (map (name: nameValuePair name (f name)) names);
  genAttrs' = list: f: listToAttrs (map f list);
  optionalAttrs = condition: set: if condition then set else { };
  foldlAttrs =
    f: init: set:
    foldl' (all: name: f all name set.${name}) init (attrNames set);
  foldAttrs =
    op: nul: list:
    mapAttrs (_: lists.foldr op nul) (zipAttrs list);
  collect =
    test: set:
    if test set then
      [ set ]
    else if isAttrs set then
      concatMap (collect test) (attrValues set)
    else
      [ ];
  zipAttrs = zipAttrsWith (_: values: values);
  zipAttrsWithNames =
    names: f: sets:
    listToAttrs (map (name: nameValuePair name (f name (catAttrs name sets))) names);
  mergeAttrsList = foldl' (a: b: a // b) { };
  attrByPath =
    path: default: set:
    if path == [ ] then
      set
    else if set ? ${head path} then
      attrByPath (tail path) default set.${head path}
    else
      default;
  hasAttrByPath =
    path: set:
    path == [ ] || (set ? ${head path} && hasAttrByPath (tail path) set.${head path});
  getAttrFromPath =
    path:
    attrByPath path (abort "cannot find attribute '${builtins.concatStringsSep "." path}'");
  setAttrByPath =
    path: value:
    if path == [ ] then value else { ${head path} = setAttrByPath (tail path) value; };
  getAttrs = names: set: lists.foldl' (all: name: all // { ${name} = set.${name}; }) { } names;
  recursiveUpdateUntil =
    stop: a: b:
    let
      go =
        path:
        zipAttrsWith (
          name: values:
          let
            here = path ++ [ name ];
          in
          if length values == 1 || stop here (builtins.elemAt values 1) (head values) then
            head values
          else
            go here values
        );
    in
    go [ ] [ b a ];
  recursiveUpdate = recursiveUpdateUntil (_: a: b: !(isAttrs a && isAttrs b));
  mapAttrsRecursiveCond =
    cond: f: set:
    let
      go = path: mapAttrs (
        name: value:
        if isAttrs value && cond value then go (path ++ [ name ]) value else f (path ++ [ name ]) value
      );
    in
    go [ ] set;
  mapAttrsRecursive = mapAttrsRecursiveCond (_: true);
  filterAttrsRecursive =
    test: set:
    listToAttrs (
      concatMap (
        name:
        let
          value = set.${name};
        in
        if test name value then
          [ (nameValuePair name (if isAttrs value then filterAttrsRecursive test value else value)) ]
        else
          [ ]
      ) (attrNames set)
    );
  isDerivation = value: value.type or null == "derivation";
  toDerivation = path: {
    type = "derivation";
    name = baseNameOf path;
    outPath = toString path;
    outputs = [ "out" ];
    outputName = "out";
  };
  recurseIntoAttrs = set: set // { recurseForDerivations = true; };
  dontRecurseIntoAttrs = set: set // { recurseForDerivations = false; };
  getOutput =
    output: pkg:
    if !(pkg ? outputSpecified) || !pkg.outputSpecified then
      pkg.${output} or pkg.out or pkg
    else
      pkg;
  getBin = getOutput "bin";
  getLib = getOutput "lib";
  getDev = getOutput "dev";
  getMan = getOutput "man";
}
