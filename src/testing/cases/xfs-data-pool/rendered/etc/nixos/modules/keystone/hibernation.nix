# Hibernation: the memory is written to a swap file, the machine is off, and the next boot goes on from there. The file
# lies in the root file system, so it is encrypted like the rest. systemd leaves a note in an EFI variable where it is,
# and the initrd reads that note: neither a resume= on the kernel's line nor the file's place on the disk is written
# down here.
{ config, lib, ... }:

let
  inherit (config.keystone) storage;
  size = storage.hibernationMiB;
in
{
  options.keystone.storage.hibernationMiB = lib.mkOption {
    type = lib.types.ints.unsigned;
    default = 0;
    example = 16384;
    description = ''
      Size of the swap file in MiB; 0 for none, and then the machine cannot hibernate. Take as much as there is memory.
      The file is made at the next boot. Not with ZFS on the system's disks.
    '';
  };

  config = lib.mkIf (size > 0) {
    assertions = [
      {
        assertion = storage.pool == null;
        message = ''
          keystone.storage.hibernationMiB: with ZFS as root the pool is imported before the memory is read back. What
          goes on then knows an older state of the pool, and can destroy it.
        '';
      }
      {
        assertion = !config.security.protectKernelImage;
        message = "keystone.storage.hibernationMiB: security.protectKernelImage forbids to hibernate.";
      }
    ];

    swapDevices = [
      {
        device = "/swapfile";
        inherit size;
      }
    ];

    # The device of the note appears when the passphrase was typed, and nobody can say when that will be.
    boot.kernelParams = [ "resumeflags=x-systemd.device-timeout=0" ];

    # A second pool is imported after the memory was read back, never before it: NixOS only has to be told. No pool is
    # ever imported by force, which it asks for as well.
    boot.zfs.unsafeAllowHibernation = lib.mkIf (storage.dataPool.name != null) true;
  };
}
