# Two lines for the wizard, a shell on Alt+F2, and nobody who writes over them.
{ lib, pkgs, ... }:
{
  boot = {
    # The last console is /dev/console; kernel and systemd are silent on both.
    kernelParams = [
      "console=ttyS0,115200"
      "console=tty1"
      "quiet"
      "systemd.show_status=false"
      "rd.systemd.show_status=false"
      "rd.udev.log_level=3"
      "udev.log_level=3"
    ];
    # Emergencies only: anything else would tear the wizard's screen, and is in the journal.
    consoleLogLevel = lib.mkForce 1;
    initrd.verbose = false;
  };

  # The live system has no user but root: what is done here is installing.
  services.getty = {
    autologinUser = lib.mkForce "root";
    helpLine = lib.mkForce ''
      A shell of the live system. keystone starts the wizard, keystone-ssh lets you in from another machine,
      nmtui sets up a wireless network, journalctl shows what happened so far.
    '';
  };
  # There from the start, also for whoever switches to it before logind notices.
  systemd.targets.multi-user.wants = [ "getty@tty2.service" ];

  networking.hostName = "keystone-live";
  environment.systemPackages = [ pkgs.less ];
}
