import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Hardware } from '../model/hardware.ts'
import { type FakeAnswer, type FakeSystem, fakeSystem } from './fake-system.ts'

/** What of /sys, /proc and /dev a machine had: texts, bytes in hex, links with their final targets, empty folders. */
type SystemFiles = {
  readonly files: Readonly<Record<string, string | null>>
  readonly bytes: Readonly<Record<string, string>>
  readonly links: Readonly<Record<string, string>>
  readonly directories: readonly string[]
  /** What a device answers when it is asked: /dev/tpmrm0, in hex. */
  readonly answers: Readonly<Record<string, string>>
}

const MACHINES = new URL('machines/', import.meta.url)

/** Every recorded machine below `testing/machines/`. */
export function machineNames(): readonly string[] {
  return readdirSync(MACHINES).sort()
}

/** The text of one file of a recording, or null when the recording has none: `lsblk.json`, … */
export type ReadRecorded = (file: string) => string | null

export function readRecorded(name: string): ReadRecorded {
  return (file) => {
    const url = new URL(`${name}/${file}`, MACHINES)
    return existsSync(url) ? readFileSync(url, 'utf8') : null
  }
}

export function machineSystem(name: string): FakeSystem {
  return recordedSystem(readRecorded(name))
}

/** A recording as a System that answers what detection asks: `lsblk.json`, `ip-addr.json`, `zpool-list.txt` (a program
 *  without its file is not installed), `cpuinfo`, `meminfo`, and the rest in `sys.json`. */
export function recordedSystem(read: ReadRecorded): FakeSystem {
  const answer = (file: string): FakeAnswer => read(file) ?? { missing: true }
  const system = JSON.parse(read('sys.json') ?? '{}') as Partial<SystemFiles>
  const fromHex = (all: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(
      Object.entries(all).map(([path, hex]) => [path, Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))]),
    )
  return fakeSystem({
    commands: {
      'lsblk -J -b -O': answer('lsblk.json'),
      'ip -j addr': answer('ip-addr.json'),
      'zpool list -H -v -L -P': answer('zpool-list.txt'),
    },
    files: {
      '/proc/cpuinfo': read('cpuinfo'),
      '/proc/meminfo': read('meminfo'),
      ...system.files,
      ...fromHex(system.bytes),
    },
    answers: fromHex(system.answers),
    links: system.links ?? {},
    directories: system.directories ?? [],
  })
}

/** What detection makes of the recorded machine: its `hardware.json`, which a test holds against the recording. */
export function hardware(name: string): Hardware {
  return JSON.parse(readFileSync(new URL(`${name}/hardware.json`, MACHINES), 'utf8')) as Hardware
}
