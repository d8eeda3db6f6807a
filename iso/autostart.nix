# The wizard on the screen and on the serial line, or an installation without questions: the units of iso/units, which
# the lab's image starts from too.
{ lib, pkgs, ... }:
let
  units = pkgs.runCommand "keystone-units" { } ''
    mkdir -p $out/lib/systemd/system $out/bin
    cp -r ${./units}/*.service ${./units}/*.service.d $out/lib/systemd/system/
    for program in console answers unattended ssh; do
      install -m 755 ${./units}/keystone-$program $out/bin/
    done
  '';
in
{
  environment.systemPackages = [ units ];

  # The files as they are. Settings for them under systemd.services would write drop-ins, and with them a PATH of its own.
  systemd.packages = [ units ];
  systemd.targets.multi-user.wants = [
    "keystone-answers.service"
    "keystone-ssh.service"
    "keystone-unattended.service"
    "keystone@tty1.service"
    "keystone@ttyS0.service"
  ];

  # Nobody else on these two lines: two programs that read one keyboard each get half of the keys.
  systemd.services = lib.genAttrs [ "getty@tty1" "autovt@tty1" "serial-getty@ttyS0" ] (_: {
    enable = false;
  });
}
