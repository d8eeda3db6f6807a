# The installer: its bundle, on Node 24, with every program that it calls in its PATH.
{
  lib,
  makeWrapper,
  nodejs_24,
  runCommand,
  bundle,
  programs,
  version,
}:
runCommand "keystone-${version}"
  {
    nativeBuildInputs = [ makeWrapper ];
    meta = {
      description = "Terminal installer that turns a bare machine into a Primer server";
      mainProgram = "keystone";
      license = lib.licenses.mit;
    };
  }
  ''
    mkdir -p $out/share $out/bin
    cp -r ${bundle} $out/share/keystone
    makeWrapper ${lib.getExe nodejs_24} $out/bin/keystone \
      --add-flags $out/share/keystone/keystone.mjs \
      --prefix PATH : ${lib.makeBinPath programs}
  ''
