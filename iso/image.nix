# The live image: NixOS's own minimal installation medium, and on it the wizard, its tools and what it installs from.
{
  lib,
  modulesPath,
  pkgs,
  version,
  ...
}:
let
  # ISO 9660 allows capitals, digits and underscores, and 32 of them.
  label = lib.substring 0 32 (
    "KEYSTONE_"
    + lib.concatMapStrings (sign: if builtins.match "[A-Z0-9]" sign == null then "_" else sign) (
      lib.stringToCharacters (lib.toUpper version)
    )
  );
in
{
  imports = [
    (modulesPath + "/installer/cd-dvd/installation-cd-minimal.nix")
    ./autostart.nix
    ./console.nix
    ./offline.nix
    ./ssh.nix
    ./tools.nix
  ];

  nixpkgs.hostPlatform = "x86_64-linux";

  isoImage = {
    # The initrd finds the medium by this label.
    volumeID = label;
    edition = "keystone";
    prependToMenuLabel = "Keystone ${version} on ";
    appendToMenuLabel = "";
    makeEfiBootable = true;
    makeUsbBootable = true;
    # Keystone needs UEFI, but the wizard should be what says so; and the memory test's file is on the image only with this.
    makeBiosBootable = true;
    # For `keystone iso inspect`.
    contents = [
      {
        source = pkgs.writeText "keystone-version" "${version}\n";
        target = "/keystone/version";
      }
    ];
  };
  image.baseName = lib.mkForce "keystone-${version}-x86_64";

  # A machine with bad memory writes bad blocks to good disks: the test is in the boot menu, as is "Copy ISO Files to RAM".
  boot.loader.grub.memtest86.enable = true;

  # With copytoram the medium is mounted nowhere. It must be known all the same, or the wizard could offer it as a disk to
  # install to. (root=LABEL=… says it too, but the systemd initrd would take that for the root file system.)
  boot.kernelParams = [ "keystone.medium=${label}" ];

  # The live system keeps nothing: only the warning is avoided.
  system.stateVersion = "26.05";
}
