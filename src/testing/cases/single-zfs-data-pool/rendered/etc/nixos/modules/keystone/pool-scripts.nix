# Shell code of the units that open a pool: the system's in the initrd (unlock.nix), a second one after it
# (data-pool.nix). Not a module: a function that gives texts.
{ lib }:

{
  # say TEXT. Into the journal and on the screens: without this line somebody would look at a boot that just stops.
  say = ''
    say() {
      echo "keystone: $1" >&2
      for screen in /dev/console /dev/tty0; do
        echo "keystone: $1" 2>/dev/null >"$screen" || :
      done
    }
  '';

  # import_pool. Imports `pool`, which is made of `members`; nothing of it is mounted. Needs say. With `trustsName` any
  # pool of that name will do when none of our disks says which one it is: right only where a key shows whose pool that
  # is.
  importPool =
    {
      pool,
      members,
      trustsName,
    }:
    ''
      import_pool() {
        pool=${lib.escapeShellArg pool}

        force=
        for word in $(cat /proc/cmdline); do
          case "$word" in
            zfs_force | zfs_force=1) force=-f ;;
          esac
        done

        # A disk that comes late would be left out of the pool, so wait for all of them, but not for ever: a pool with
        # copies works without one. That its name is there is not enough: a name stays when the initrd ends, and what
        # udev knows of the disk, such as the number below, does not.
        if ! udevadm wait --timeout=30 ${lib.escapeShellArgs members}; then
          say "a disk of the pool $pool is missing, trying without it"
        fi

        # The number that ZFS has written on our partitions: another pool may have the same name.
        which=${lib.optionalString trustsName "$pool"}
        for member in ${lib.escapeShellArgs members}; do
          id=$(udevadm info --query=property --property=ID_FS_UUID --value "$member" 2>/dev/null) || continue
          case "$id" in
            "" | *[!0-9]*) ;;
            *)
              which=$id
              break
              ;;
          esac
        done
        if [ -z "$which" ]; then
          say "no disk of the pool $pool is here"
          return 1
        fi

        # -N: nothing is mounted yet.
        for attempt in $(seq 30); do
          if zpool import -N $force -d /dev/disk/by-id "$which"; then return 0; fi
          sleep 1
        done
        say "the pool $pool cannot be imported, the journal has the reason"
        return 1
      }
    '';

  # expect DATASET PROPERTY VALUE. Needs say.
  # Somebody who changed the disk could offer a dataset of his own in place of ours, without encryption or under a key
  # of his.
  expect = ''
    expect() {
      found=$(zfs get -H -o value "$2" "$1") || found=missing
      if [ "$found" != "$3" ]; then
        say "$1: $2 is $found and not $3. This is not the pool that was installed, nothing is mounted"
        exit 1
      fi
    }
  '';
}
