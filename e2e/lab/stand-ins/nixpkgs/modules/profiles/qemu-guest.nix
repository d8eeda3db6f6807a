# What nixos-generate-config imports in a virtual machine.
{ boot.initrd.availableKernelModules = [ "virtio_net" "virtio_pci" "virtio_blk" "virtio_scsi" ]; }
