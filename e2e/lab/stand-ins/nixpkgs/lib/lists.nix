# Lists.
rec {
  inherit (builtins)
    all
    any
    concatLists
    concatMap
    elem
    elemAt
    filter
    foldl'
    genList
    head
    isList
    length
    map
    partition
    sort
    tail
    ;
  groupBy = builtins.groupBy;
  singleton = x: [ x ];
  toList = x: if isList x then x else [ x ];
  optional = condition: x: if condition then [ x ] else [ ];
  optionals = condition: list: if condition then list else [ ];
  flatten = x: if isList x then concatMap flatten x else [ x ];
  remove = x: filter (y: y != x);
  range = first: last: if first > last then [ ] else genList (n: first + n) (last - first + 1);
  replicate = n: x: genList (_: x) n;
  foldr =
    f: nul: list:
    let
      n = length list;
      go = i: if i == n then nul else f (elemAt list i) (go (i + 1));
    in
    go 0;
  foldl =
    f: nul: list:
    foldl' f nul list;
  imap0 = f: list: genList (n: f n (elemAt list n)) (length list);
  imap1 = f: list: genList (n: f (n + 1) (elemAt list n)) (length list);
  reverseList =
    list:
    let
      n = length list;
    in
    genList (i: elemAt list (n - i - 1)) n;
  sublist =
    start: count: list:
    let
      n = length list;
      left = if start >= n then 0 else if start + count > n then n - start else count;
    in
    genList (i: elemAt list (start + i)) left;
  take = count: sublist 0 count;
  drop = count: list: sublist count (length list) list;
  dropEnd = count: list: take (if length list > count then length list - count else 0) list;
  last = list: if list == [ ] then throw "lists.last: list must not be empty!" else elemAt list (length list - 1);
  init = list: if list == [ ] then throw "lists.init: list must not be empty!" else take (length list - 1) list;
  findFirst =
    test: default: list:
    let
      hits = filter test list;
    in
    if hits == [ ] then default else head hits;
  findSingle =
    test: default: multiple: list:
    let
      hits = filter test list;
    in
    if hits == [ ] then default else if length hits > 1 then multiple else head hits;
  count = test: list: length (filter test list);
  unique = foldl' (seen: x: if elem x seen then seen else seen ++ [ x ]) [ ];
  allUnique = list: length (unique list) == length list;
  intersectLists = a: filter (x: elem x a);
  subtractLists = a: filter (x: !elem x a);
  mutuallyExclusive = a: b: !any (x: elem x a) b;
  zipListsWith =
    f: a: b:
    genList (n: f (elemAt a n) (elemAt b n)) (if length a < length b then length a else length b);
  zipLists = zipListsWith (fst: snd: { inherit fst snd; });
  sortOn =
    f: list:
    map (pair: pair.x) (
      sort (a: b: a.key < b.key) (
        map (x: {
          inherit x;
          key = f x;
        }) list
      )
    );
}
