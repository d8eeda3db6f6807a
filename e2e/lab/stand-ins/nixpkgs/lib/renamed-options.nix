# Modules that say what became of an option.
{
  attrsets,
  lists,
  options,
  properties,
  types,
}:
let
  inherit (builtins) any;
  inherit (options) mkOption showFiles showOption;
  inherit (properties) mkIf mkMerge mkOverride;

  renamed =
    from: to: warn:
    { config, options, ... }:
    let
      old = attrsets.getAttrFromPath from options;
      new = attrsets.attrByPath to { } options;
    in
    {
      options = attrsets.setAttrByPath from (
        mkOption {
          visible = false;
          description = "Alias of {option}`${showOption to}`.";
          apply = _: attrsets.getAttrFromPath to config;
          type = new.type or (types.submodule { });
        }
      );
      config = mkMerge [
        (attrsets.optionalAttrs (options ? warnings) {
          warnings = lists.optional (
            warn && old.isDefined
          ) "The option `${showOption from}' defined in ${showFiles old.files} has been renamed to `${showOption to}'.";
        })
        (mkIf old.isDefined (
          attrsets.setAttrByPath to (mkMerge (map (mkOverride old.highestPrio) old.definitions))
        ))
      ];
    };
in
{
  mkRenamedOptionModule = from: to: renamed from to true;
  mkAliasOptionModule = from: to: renamed from to false;
  mkRemovedOptionModule =
    path: instead:
    { options, ... }:
    let
      option = attrsets.getAttrFromPath path options;
    in
    {
      options = attrsets.setAttrByPath path (mkOption {
        visible = false;
        apply =
          _: throw "The option `${showOption path}' can no longer be used since it's been removed. ${instead}";
      });
      config.assertions = [
        {
          assertion = !option.isDefined;
          message = "The option definition `${showOption path}' in ${showFiles option.files} no longer has any effect; please remove it.\n${instead}\n";
        }
      ];
    };
}
