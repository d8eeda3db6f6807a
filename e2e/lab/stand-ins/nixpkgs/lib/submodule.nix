# The type whose values are configurations of modules of their own.
{
  basics,
  lists,
  moduleSystem,
  path,
}:
let
  inherit (builtins) isAttrs isFunction;
  inherit (basics) nounOrComposite sameName structured;
in
rec {
  submodule =
    modules:
    submoduleWith {
      modules = lists.toList modules;
      shorthandOnlyDefinesConfig = true;
    };
  submoduleWith =
    arguments@{
      modules,
      specialArgs ? { },
      shorthandOnlyDefinesConfig ? false,
      description ? null,
      class ? null,
    }:
    let
      asModule =
        one:
        if isAttrs one.value && shorthandOnlyDefinesConfig then
          {
            _file = one.file;
            config = one.value;
          }
        else
          {
            _file = one.file;
            imports = [ one.value ];
          };
      evaluate =
        prefix: more:
        moduleSystem.evalModules {
          inherit prefix specialArgs;
          modules = [ { _module.args.name = moduleSystem.mkOptionDefault "‹name›"; } ] ++ modules ++ more;
        };
      base = evaluate [ ] [ ];
      freeformType = base._module.freeformType;
    in
    structured {
      name = "submodule";
      description =
        if description != null then
          description
        else if freeformType != null then
          "open submodule of ${nounOrComposite freeformType}"
        else
          "submodule";
      check = value: isAttrs value || isFunction value || path.check value;
      merge =
        loc: definitions:
        (evaluate loc ([ { _module.args.name = lists.last loc; } ] ++ map asModule definitions)).config;
      emptyValue.value = base.config;
      getSubModules = modules;
      getSubOptions = prefix: (evaluate prefix [ ]).options;
      substSubModules = inner: submoduleWith (arguments // { modules = inner; });
      functor = sameName "submodule" (
        others: submoduleWith (arguments // { modules = modules ++ others; })
      ) modules;
      nestedTypes = if freeformType == null then { } else { inherit freeformType; };
    };
}
