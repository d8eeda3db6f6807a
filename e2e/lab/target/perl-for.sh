#!/bin/bash
# perl-for.sh ROOTFS OUT SCRIPT: copies perl from ROOTFS to OUT, with as much of its library as one script loads: all of it
# is 50 MiB, and the target is unpacked at every install.
set -euo pipefail
root=$1 out=$2 script=$3

# Loads what the script uses; the script's own code does not run.
chroot "$root" perl - "$script" <<'PERL' | sort -u >"$out/tmp/perl-files"
my $script = shift;
open my $file, '<', $script or die "$script: $!\n";
my @uses = grep { /^use\s+[A-Z]/ } <$file>;
eval join('', @uses, "1;") or die $@;
print "$_\n" for values %INC, @DynaLoader::dl_shared_objects;
PERL
[ -s "$out/tmp/perl-files" ] || { echo "perl-for.sh: $script loads nothing" >&2; exit 1; }
# What perl itself may ask for at any time lies in perl-base.
(cd "$root" && find usr/lib/x86_64-linux-gnu/perl-base -type f | sed 's,^,/,') >>"$out/tmp/perl-files"
sort -u "$out/tmp/perl-files" | while read -r file; do
  install -D -m 0644 "$root$file" "$out$file"
done
rm "$out/tmp/perl-files"
install -D -m 0755 "$root/usr/bin/perl" "$out/usr/bin/perl"
# It must start there, too.
chroot "$out" perl -c "${script/#\/usr\/sbin/\/usr\/bin}"
