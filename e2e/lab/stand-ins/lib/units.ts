import type { LaidFile, Service, Setting, Timer } from './system.ts'

const line = (key: string, value: Setting) => `${key}=${value}`

function section(name: string, settings: Readonly<Record<string, Setting | readonly Setting[]>>): string {
  const lines = Object.entries(settings).flatMap(([key, value]) =>
    Array.isArray(value) ? value.map((one: Setting) => line(key, one)) : [line(key, value as Setting)],
  )
  return lines.length === 0 ? '' : `[${name}]\n${lines.join('\n')}\n`
}

const listed = (key: string, names: readonly string[] | undefined) =>
  names === undefined || names.length === 0 ? {} : { [key]: names.join(' ') }

const FOLDER = '/etc/systemd/system'

function unitSection(unit: Omit<Service, 'path' | 'script'>): string {
  return section('Unit', {
    ...(unit.description === undefined ? {} : { Description: unit.description }),
    ...listed('Wants', unit.wants),
    ...listed('Requires', unit.requires),
    ...listed('After', unit.after),
    ...listed('Before', unit.before),
    ...listed('Conflicts', unit.conflicts),
    ...unit.unitConfig,
  })
}

function environment({ path = [], environment = {} }: Service): Readonly<Record<string, readonly Setting[]>> {
  const folders = [...new Set(path.map((folder) => `${folder}/bin`))]
  const variables = { ...(folders.length === 0 ? {} : { PATH: folders.join(':') }), ...environment }
  const lines = Object.entries(variables).map(([name, value]) => `"${name}=${value}"`)
  return lines.length === 0 ? {} : { Environment: lines }
}

/** One NixOS service as files: the unit, its script as NixOS names it, and the links of wantedBy and requiredBy.
 *  A service that is not enabled becomes a link to /dev/null, as in NixOS. One that another makes gets a drop-in. */
export function serviceFiles(name: string, service: Service): readonly LaidFile[] {
  const isDropIn = service.overrideStrategy === 'asDropin'
  const unit = `${FOLDER}/${name}.service${isDropIn ? '.d/overrides.conf' : ''}`
  if (service.enable === false) return [{ path: unit, link: '/dev/null' }]
  const script = `/etc/keystone-lab/unit-script-${name}-start`
  const text = [
    unitSection(service),
    section('Service', {
      ...environment(service),
      ...service.serviceConfig,
      ...(service.script === undefined ? {} : { ExecStart: script }),
    }),
  ].join('\n')
  return [
    { path: unit, content: text, mode: 0o644 },
    // NixOS's own first lines: a command that fails ends the script.
    ...(service.script === undefined
      ? []
      : [{ path: script, content: `#!/usr/bin/bash\nset -e\n\n${service.script}\n`, mode: 0o755 }]),
    ...(service.wantedBy ?? []).map((by) => ({ path: `${FOLDER}/${by}.wants/${name}.service`, link: unit })),
    ...(service.requiredBy ?? []).map((by) => ({ path: `${FOLDER}/${by}.requires/${name}.service`, link: unit })),
  ]
}

/** One NixOS timer as files, likewise. */
export function timerFiles(name: string, timer: Timer): readonly LaidFile[] {
  const unit = `${FOLDER}/${name}.timer`
  if (timer.enable === false) return [{ path: unit, link: '/dev/null' }]
  return [
    {
      path: unit,
      content: `${unitSection(timer)}\n${section('Timer', timer.timerConfig ?? {})}`.trimStart(),
      mode: 0o644,
    },
    ...(timer.wantedBy ?? []).map((by) => ({ path: `${FOLDER}/${by}.wants/${name}.timer`, link: unit })),
  ]
}
