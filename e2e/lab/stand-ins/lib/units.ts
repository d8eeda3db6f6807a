import type { LaidFile, Service, Setting } from './system.ts'

const line = (key: string, value: Setting) => `${key}=${value}`

function section(name: string, settings: Readonly<Record<string, Setting | readonly Setting[]>>): string {
  const lines = Object.entries(settings).flatMap(([key, value]) =>
    Array.isArray(value) ? value.map((one: Setting) => line(key, one)) : [line(key, value as Setting)],
  )
  return lines.length === 0 ? '' : `[${name}]\n${lines.join('\n')}\n`
}

const listed = (key: string, names: readonly string[] | undefined) =>
  names === undefined || names.length === 0 ? {} : { [key]: names.join(' ') }

/** One NixOS service as files: the unit, its script as NixOS names it, and the links of wantedBy and requiredBy.
 *  A service that is not enabled becomes a link to /dev/null, as in NixOS. */
export function serviceFiles(name: string, service: Service): readonly LaidFile[] {
  const folder = '/etc/systemd/system'
  const unit = `${folder}/${name}.service`
  if (service.enable === false) return [{ path: unit, link: '/dev/null' }]
  const script = `/etc/keystone-lab/unit-script-${name}-start`
  const text = [
    section('Unit', {
      ...(service.description === undefined ? {} : { Description: service.description }),
      ...listed('Wants', service.wants),
      ...listed('Requires', service.requires),
      ...listed('After', service.after),
      ...listed('Before', service.before),
      ...listed('Conflicts', service.conflicts),
      ...service.unitConfig,
    }),
    section('Service', {
      ...(service.path === undefined || service.path.length === 0
        ? {}
        : { Environment: `"PATH=${[...new Set(service.path.map((folder) => `${folder}/bin`))].join(':')}"` }),
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
    ...(service.wantedBy ?? []).map((by) => ({ path: `${folder}/${by}.wants/${name}.service`, link: unit })),
    ...(service.requiredBy ?? []).map((by) => ({ path: `${folder}/${by}.requires/${name}.service`, link: unit })),
  ]
}
