#!/bin/sh
# mmdebstrap's essential hook, before the kernel is unpacked.
set -eu
hook=etc/kernel/postinst.d/dracut
chroot "$1" dpkg-divert --local --no-rename --divert "/$hook.unused" --add "/$hook"
mkdir -p "$1/etc/kernel/postinst.d"
printf '#!/bin/sh\nexit 0\n' >"$1/$hook"
chmod +x "$1/$hook"
