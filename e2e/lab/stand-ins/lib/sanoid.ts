import type { LaidFile, Sanoid, Setting } from './system.ts'
import { serviceFiles, timerFiles } from './units.ts'

const FOLDER = '/etc/sanoid'
const PERMISSIONS = 'snapshot,mount,destroy'

function section(
  name: string,
  settings: Readonly<Record<string, Setting | readonly string[] | null | undefined>>,
): string {
  const lines = Object.entries(settings)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([key, value]) => `${key}=${Array.isArray(value) ? value.join(',') : String(value)}\n`)
  return `[${name}]\n${lines.join('')}`
}

/** sanoid's own settings file, from services.sanoid. */
export function sanoidConfig({ datasets, templates }: Sanoid): string {
  return [
    ...Object.entries(templates).map(([name, template]) => section(`template_${name}`, template)),
    // Two options have a second name, in NixOS's own style.
    ...Object.entries(datasets).map(([name, { useTemplate, processChildrenOnly, ...dataset }]) =>
      section(name, { ...dataset, use_template: useTemplate, process_children_only: processChildrenOnly }),
    ),
  ].join('\n')
}

/** What NixOS makes of services.sanoid: the settings, and a unit that runs as a user of its own, who may do with these
 *  datasets what snapshots need, and only while it runs. */
export function sanoidFiles(sanoid: Sanoid | null): readonly LaidFile[] {
  if (sanoid === null || !sanoid.enable) return []
  const delegate = (verb: 'allow' | 'unallow') =>
    Object.keys(sanoid.datasets).map((dataset) => `-+/usr/bin/zfs ${verb} sanoid ${PERMISSIONS} ${dataset}`)
  return [
    { path: `${FOLDER}/sanoid.conf`, content: sanoidConfig(sanoid), mode: 0o444 },
    ...serviceFiles('sanoid', {
      description: 'Sanoid snapshot service',
      after: ['zfs.target'],
      environment: { TZ: 'UTC' },
      serviceConfig: {
        ExecStartPre: delegate('allow'),
        ExecStart: `/usr/bin/sanoid --cron --configdir ${FOLDER}`,
        ExecStopPost: delegate('unallow'),
        User: 'sanoid',
        Group: 'sanoid',
        DynamicUser: true,
        RuntimeDirectory: 'sanoid',
        CacheDirectory: 'sanoid',
      },
    }),
    ...timerFiles('sanoid', { wantedBy: ['timers.target'], timerConfig: { OnCalendar: sanoid.interval } }),
  ]
}
