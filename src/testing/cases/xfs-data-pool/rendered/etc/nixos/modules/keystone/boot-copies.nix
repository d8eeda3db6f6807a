# One EFI system partition on each disk of the system, and all of them in step: whichever disk fails, another one boots.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  bootEsp = config.boot.loader.efi.efiSysMountPoint;
  extraEsps = lib.filter (esp: esp != bootEsp) config.keystone.storage.espMountpoints;

  # Without the random seed: it is used once, on the disk it is on.
  listFiles = "${pkgs.findutils}/bin/find . -type f ! -path ./loader/random-seed";

  # systemd-boot gives the firmware an entry for the first disk only, and not every firmware looks for a loader on the
  # others by itself. `update` in place of `install`: an entry that is there stays, and a new one comes behind all
  # others, so that the first disk stays first. A firmware that takes no more entries must not stop a rebuild.
  registerInFirmware = lib.optionalString config.boot.loader.efi.canTouchEfiVariables ''
    SYSTEMD_LOG_LEVEL=err ${pkgs.systemd}/bin/bootctl update --graceful --esp-path="$esp" \
      --efi-boot-option-description="Linux Boot Manager ($esp)" ||
      echo "$esp has no entry in the firmware" >&2
  '';
in
{
  config = lib.mkIf (extraEsps != [ ]) {
    # systemd-boot knows one EFI system partition. The others get a copy, so that each disk boots alone.
    boot.loader.systemd-boot.extraInstallCommands = ''
      if ! ${pkgs.util-linux}/bin/mountpoint -q ${bootEsp}; then
        echo "${bootEsp} is not mounted: the copies of the boot loader stay as they are" >&2
        exit 1
      fi
      for esp in ${lib.escapeShellArgs extraEsps}; do
        if ! ${pkgs.util-linux}/bin/mountpoint -q "$esp"; then
          echo "$esp is not mounted: its copy of the boot loader stays as it is" >&2
          continue
        fi
        # First what ${bootEsp} no longer has: the room may be needed.
        (cd "$esp" && ${listFiles}) | while IFS= read -r file; do
          [ -e "${bootEsp}/$file" ] || ${pkgs.coreutils}/bin/rm -f "$esp/$file"
        done
        # By content: after a roll-back the right file may be the older one.
        (cd ${bootEsp} && ${listFiles}) | while IFS= read -r file; do
          ${pkgs.diffutils}/bin/cmp -s "${bootEsp}/$file" "$esp/$file" && continue
          ${pkgs.coreutils}/bin/mkdir -p "$esp/''${file%/*}"
          ${pkgs.coreutils}/bin/cp "${bootEsp}/$file" "$esp/$file"
        done
        ${pkgs.coreutils}/bin/sync -f "$esp"
        ${registerInFirmware}
      done
    '';
  };
}
