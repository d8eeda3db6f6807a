/** How good a name below /dev/disk/by-id is; lower is better. Names with model and serial can be read off the label on the
 *  drive; the others are as stable, but mean nothing to a person. */
function rank(name: string): number {
  if (/^(wwn-|dm-|md-|lvm-)/.test(name)) return 3
  // `nvme-eui.0025…`, `nvme-uuid.…`, `nvme-nvme.1b36-…`, `scsi-35000c500…`: world-wide names in other clothes.
  if (/^nvme-(eui|uuid|nvme)\./.test(name) || /^scsi-\d[0-9a-f]{16,}$/.test(name)) return 2
  return /^(nvme|ata|scsi|virtio|usb|mmc|sata|ieee1394)-/.test(name) ? 0 : 1
}

/** The stable name to use for a whole disk, from the names of the links that lead to it; null when there is none. Between
 *  equals the shortest wins: newer udev adds the namespace (`…_1`) to a name that is unique without it. */
export function chooseDiskId(names: readonly string[]): string | null {
  const [best] = names
    .filter((name) => !/-part\d+$/.test(name))
    .toSorted((a, b) => rank(a) - rank(b) || a.length - b.length || (a < b ? -1 : 1))
  return best === undefined ? null : `/dev/disk/by-id/${best}`
}
