# What is said about packages.
{ attrsets }:
rec {
  getExe' =
    package: program:
    if !attrsets.isDerivation package then
      throw "lib.meta.getExe': The first argument is of type ${builtins.typeOf package}, but it should be a derivation instead."
    else if !builtins.isString program || builtins.match "[^/]+" program == null then
      throw "lib.meta.getExe': The second argument is not the name of a program."
    else
      "${attrsets.getBin package}/bin/${program}";
  getExe =
    package:
    getExe' package (
      package.meta.mainProgram or (package.pname or (builtins.parseDrvName package.name).name)
    );
}
