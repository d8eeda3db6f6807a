import { initrdCrypttab, initrdFstab } from './fstab.ts'
import type { LaidFile, System } from './system.ts'
import { serviceFiles } from './units.ts'

/** Says on the console, once a boot has given up, what it left open: nobody can look into an initrd whose shell is locked. */
const emergencyReport = serviceFiles('keystone-lab-emergency', {
  description: 'Tell what is open',
  wantedBy: ['emergency.target'],
  before: ['emergency.service'],
  unitConfig: { DefaultDependencies: false },
  serviceConfig: { Type: 'oneshot' },
  script: 'echo "lab: open mappings: $(dmsetup ls --target crypt)" >/dev/console',
})

/** Everything that makes the base initrd this system's: what to unlock, what to run, what to mount. All of it comes from
 *  the rendered configuration. */
export function initrdFiles(system: System, machineId: string): readonly LaidFile[] {
  const usesZfs = Object.values(system.fileSystems).some(({ fsType }) => fsType === 'zfs')
  const modules = ['dm_mod', 'dm_crypt', ...(usesZfs ? ['zfs'] : [])]
  return [
    { path: '/etc/crypttab', content: initrdCrypttab(system), mode: 0o644 },
    { path: '/etc/fstab', content: initrdFstab(system), mode: 0o644 },
    { path: '/etc/hostname', content: `${system.networking.hostName}\n`, mode: 0o644 },
    { path: '/etc/modules-load.d/nixos.conf', content: `${modules.join('\n')}\n`, mode: 0o644 },
    // The same as the system's, so that one journal tells the whole boot.
    { path: '/etc/machine-id', content: `${machineId}\n`, mode: 0o444 },
    ...Object.entries(system.initrdBin)
      .filter(([name, target]) => target !== `/usr/bin/${name}`)
      .map(([name, target]) => ({ path: `/usr/bin/${name}`, link: target })),
    ...Object.entries(system.initrdServices).flatMap(([name, service]) => serviceFiles(name, service)),
    ...emergencyReport,
  ]
}
