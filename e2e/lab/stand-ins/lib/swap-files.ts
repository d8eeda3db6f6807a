import type { LaidFile, System } from './system.ts'
import { serviceFiles } from './units.ts'

export const swapFiles = (system: System) =>
  system.swapDevices.filter(({ size }) => size !== null && size !== undefined)

/** systemd's name of a path in a unit's name. */
function escaped(path: string): string {
  return path
    .replace(/^\//, '')
    .replaceAll(/[^\w/.:]/g, (sign) => `\\x${sign.charCodeAt(0).toString(16)}`)
    .replaceAll('/', '-')
}

/** As in NixOS a swap file is made, in its size, before it is used for the first time. */
export function swapFileUnits(system: System): readonly LaidFile[] {
  return swapFiles(system).flatMap(({ device, size }) =>
    serviceFiles(`mkswap-${escaped(device)}`, {
      description: `Initialisation of swap device ${device}`,
      requiredBy: [`${escaped(device)}.swap`],
      before: [`${escaped(device)}.swap`, 'shutdown.target'],
      conflicts: ['shutdown.target'],
      unitConfig: { DefaultDependencies: false, RequiresMountsFor: device },
      serviceConfig: { Type: 'oneshot', RemainAfterExit: true, UMask: '0177' },
      script: `bytes=$((${size} * 1048576))
if [ "$(stat -c %s '${device}' 2>/dev/null || :)" != "$bytes" ]; then
  rm -f '${device}'
  fallocate -l "$bytes" '${device}'
  mkswap '${device}'
fi`,
    }),
  )
}
