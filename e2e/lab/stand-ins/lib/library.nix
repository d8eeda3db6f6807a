# The few functions of nixpkgs' lib that the rendered modules may use.
rec {
  mkIf = condition: content: {
    _type = "if";
    inherit condition content;
  };
  mkMerge = contents: {
    _type = "merge";
    inherit contents;
  };
  mkOverride = priority: content: {
    _type = "override";
    inherit priority content;
  };
  mkDefault = mkOverride 1000;
  mkForce = mkOverride 50;
  optional = condition: value: if condition then [ value ] else [ ];
  optionals = condition: values: if condition then values else [ ];
  optionalString = condition: text: if condition then text else "";
  optionalAttrs = condition: set: if condition then set else { };
  genAttrs = names: f: builtins.listToAttrs (map (name: { inherit name; value = f name; }) names);
  concatMapStringsSep = separator: f: list: builtins.concatStringsSep separator (map f list);
  inherit (builtins) concatStringsSep concatLists attrNames attrValues mapAttrs;
  types = throw "the lab's lib has no types: the rendered modules declare no options";
}
