# The module argument `utils` of NixOS, as far as units need it.
{ lib }:
rec {
  escapeSystemdExecArg =
    argument:
    lib.replaceStrings [ "%" "$" ] [ "%%" "$$" ] (builtins.toJSON (toString argument));
  escapeSystemdExecArgs = lib.concatMapStringsSep " " escapeSystemdExecArg;
}
