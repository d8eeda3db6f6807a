# Stands for nixpkgs: each package is /usr of the lab's target, so "${pkgs.jq}/bin/jq" is a program that is there.
# A package that a template newly uses must be added here, and to the target.
builtins.listToAttrs (
  map
    (name: {
      inherit name;
      value = {
        type = "derivation";
        inherit name;
        outPath = "/usr";
      };
    })
    [
      "bash"
      "coreutils"
      "cryptsetup"
      "findutils"
      "gnugrep"
      "jq"
      "systemd"
      "tpm2-tools"
      "util-linux"
      "zfs"
    ]
)
