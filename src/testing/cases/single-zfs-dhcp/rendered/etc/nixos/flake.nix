{
  description = "Keystone Primer: the first node of a cluster";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
    # Pinned: the commit that this layout was checked against. Newer ones may format differently.
    disko = {
      url = "github:nix-community/disko/878ec37d6a8f52c6c801d0e2a2ad554c75b9353c";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    { nixpkgs, disko, ... }:
    {
      nixosConfigurations.garage = nixpkgs.lib.nixosSystem {
        modules = [
          disko.nixosModules.disko
          ./hardware-configuration.nix
          ./disko-config.nix
          ./configuration.nix
        ];
      };
    };
}
