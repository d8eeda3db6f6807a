{
  description = "Keystone's live image: boot it, follow the wizard";

  # The same inputs as every installed machine has (templates/etc/nixos/flake.nix.hbs): one lock file serves both, and what
  # an installed machine is built from is on the image.
  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
    disko = {
      url = "github:nix-community/disko/878ec37d6a8f52c6c801d0e2a2ad554c75b9353c";
      inputs.nixpkgs.follows = "nixpkgs";
    };
    lanzaboote = {
      url = "github:nix-community/lanzaboote/v1.1.0";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    inputs@{ self, nixpkgs, ... }:
    let
      system = "x86_64-linux";
      inherit (nixpkgs) lib;
      pkgs = nixpkgs.legacyPackages.${system};

      # A flake sees only its own folder, so scripts/build-iso.sh and scripts/flake-check.sh stage the bundle, the examples
      # and the version beside this file.
      staged =
        name:
        if builtins.pathExists (./. + "/${name}") then
          ./. + "/${name}"
        else
          throw "${name} is not here: scripts/build-iso.sh and scripts/flake-check.sh put it beside this flake";
      bundle = staged "bundle";
      version = lib.removeSuffix "\n" (builtins.readFile (staged "version"));

      # What the installer writes to /etc/nixos for the good examples, each evaluated as the flake that it is.
      cases = staged "cases";
      targetOf =
        name:
        let
          folder = cases + "/${name}/etc/nixos";
          flake = import (folder + "/flake.nix");
          outputs = flake.outputs (
            inputs
            // {
              self = outputs // {
                outPath = toString folder;
                inherit inputs;
              };
            }
          );
        in
        lib.head (lib.attrValues outputs.nixosConfigurations);
      targets = lib.mapAttrs (name: _: targetOf name) (
        lib.filterAttrs (_: type: type == "directory") (builtins.readDir cases)
      );

      iso = lib.nixosSystem {
        modules = [ ./image.nix ];
        specialArgs = {
          inherit
            bundle
            inputs
            targets
            version
            ;
        };
      };

      # Evaluated to the last derivation, and nothing of it built.
      evaluates =
        name: derivation:
        pkgs.writeText "evaluates-${name}" (builtins.unsafeDiscardStringContext derivation.drvPath);
    in
    {
      nixosConfigurations.keystone-iso = iso;

      packages.${system} = {
        default = self.packages.${system}.iso;
        iso = iso.config.system.build.isoImage;
        keystone = iso.config.system.build.keystone;
        # Everything of the image that an installation is built from; scripts/iso-offline-check.sh proves it sufficient.
        offline-closure = iso.config.system.build.keystoneOfflineClosure;
      };

      checks.${system} = {
        iso = evaluates "iso" iso.config.system.build.isoImage;

        starts = pkgs.runCommand "keystone-starts" { } ''
          ${lib.getExe iso.config.system.build.keystone} --version >$out
        '';

        parses =
          pkgs.runCommand "all-files-parse"
            {
              nativeBuildInputs = [ pkgs.nix ];
              NIX_STATE_DIR = "/build/state";
            }
            ''
              find ${self} -name '*.nix' -print0 | xargs -0 nix-instantiate --parse --store dummy:// >/dev/null
              touch $out
            '';

        formatted =
          pkgs.runCommand "all-files-formatted"
            {
              nativeBuildInputs = [ pkgs.nixfmt ];
            }
            ''
              find ${self} -name '*.nix' -print0 | xargs -0 nixfmt --check
              touch $out
            '';
      }
      // lib.mapAttrs' (
        name: target:
        lib.nameValuePair "case-${name}" (
          evaluates "case-${name}" target.config.system.build.toplevel
        )
      ) targets;

      formatter.${system} = pkgs.nixfmt-tree;
    };
}
