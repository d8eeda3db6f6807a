import { expect, test } from 'vitest'
import { sanoidConfig, sanoidFiles } from './sanoid.ts'

const sanoid = {
  enable: true,
  interval: 'hourly',
  templates: { keystone: { hourly: 24, weekly: 4, autosnap: true, yearly: null } },
  datasets: {
    'rpool/crypt/root': { useTemplate: ['keystone'], daily: null },
    'rpool/crypt/var': { useTemplate: ['keystone'], recursive: 'zfs', processChildrenOnly: true },
  },
}

test('the settings are those of NixOS: what nobody set is left out, its own style of names becomes sanoid’s', () => {
  expect(sanoidConfig(sanoid)).toBe(`[template_keystone]
hourly=24
weekly=4
autosnap=true

[rpool/crypt/root]
use_template=keystone

[rpool/crypt/var]
recursive=zfs
use_template=keystone
process_children_only=true
`)
})

test('sanoid may do with its datasets what snapshots need, only while it runs', () => {
  const files = sanoidFiles(sanoid)
  const unit = files.find(({ path }) => path.endsWith('sanoid.service'))
  expect(unit && 'content' in unit ? unit.content : '').toBe(`[Unit]
Description=Sanoid snapshot service
After=zfs.target

[Service]
Environment="TZ=UTC"
ExecStartPre=-+/usr/bin/zfs allow sanoid snapshot,mount,destroy rpool/crypt/root
ExecStartPre=-+/usr/bin/zfs allow sanoid snapshot,mount,destroy rpool/crypt/var
ExecStart=/usr/bin/sanoid --cron --configdir /etc/sanoid
ExecStopPost=-+/usr/bin/zfs unallow sanoid snapshot,mount,destroy rpool/crypt/root
ExecStopPost=-+/usr/bin/zfs unallow sanoid snapshot,mount,destroy rpool/crypt/var
User=sanoid
Group=sanoid
DynamicUser=true
RuntimeDirectory=sanoid
CacheDirectory=sanoid
`)
  expect(files).toContainEqual({
    path: '/etc/systemd/system/sanoid.timer',
    content: '[Timer]\nOnCalendar=hourly\n',
    mode: 0o644,
  })
})

test('a system without snapshots has none of it', () => {
  expect(sanoidFiles(null)).toEqual([])
  expect(sanoidFiles({ ...sanoid, enable: false })).toEqual([])
})
