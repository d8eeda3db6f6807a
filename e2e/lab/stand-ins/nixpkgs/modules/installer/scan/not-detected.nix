# nixos-generate-config always imports this one.
{ lib, ... }: { hardware.enableRedistributableFirmware = lib.mkDefault true; }
