{
  description = "Keystone Primer: the first node of a cluster";

  inputs = {
    # A release, not the unstable branch: `nix flake update` brings fixes, a new release is a decision.
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

    # Pinned: the commit that the layout of the disks was checked against. Newer ones may read it differently.
    disko = {
      url = "github:nix-community/disko/878ec37d6a8f52c6c801d0e2a2ad554c75b9353c";
      inputs.nixpkgs.follows = "nixpkgs";
    };

    # Signs what boots, once keystone.secureBoot.enable is set. Pinned for the same reason.
    lanzaboote = {
      url = "github:nix-community/lanzaboote/v1.1.0";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    {
      nixpkgs,
      disko,
      lanzaboote,
      ...
    }:
    let
      # Each machine is a folder in hosts/; modules/keystone is what they have in common.
      host =
        name:
        nixpkgs.lib.nixosSystem {
          modules = [
            disko.nixosModules.disko
            lanzaboote.nixosModules.lanzaboote
            ./modules/keystone
            (./hosts + "/${name}/configuration.nix")
          ];
        };
    in
    {
      nixosConfigurations.barn = host "barn";

      # `nix fmt` formats every .nix file of this repository.
      formatter.x86_64-linux = nixpkgs.legacyPackages.x86_64-linux.nixfmt-tree;
    };
}
