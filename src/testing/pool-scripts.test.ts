// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the curly brackets are the shell's
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hasNix, NIX_REASON } from './nix.ts'
import { evaluateExpression, OWN_LIB } from './nix-options.ts'

// What runs in the initrd and after it to open a pool, by a real shell, with programs that only answer.

const SCRIPTS = new URL('../../templates/etc/nixos/modules/keystone/pool-scripts.nix', import.meta.url).pathname

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keystone-pool-'))
  for (const name of ['bin', 'by-partlabel']) mkdirSync(join(folder, name))
})
afterEach(() => rmSync(folder, { recursive: true }))

const PROGRAMS: Readonly<Record<string, string>> = {
  // `wait`: is there each of them? Else the pool's number, by the partition; udev knows it only when it was waited for.
  udevadm: `if [ "$1" = wait ]; then
      : >"$LOG.waited"; shift 2
      for one; do [ -e "$one" ] || exit 1; done
    elif [ -e "$LOG.waited" ]; then cat "\${!#}"
    fi`,
  zpool: 'echo "zpool $*" >>"$LOG"; [ "${!#}" = "$WORKS" ]',
  zfs: 'grep "^${!#} $5 " "$LOG.zfs" | cut -d " " -f 3',
  sleep: 'echo sleep >>"$LOG"',
}

type Run = { readonly status: number | null; readonly said: readonly string[]; readonly commands: readonly string[] }

/** Runs the pieces of the script; `members`: what udev knows about each partition, null for one that is not there. */
async function run(
  call: string,
  options: { members?: readonly (string | null)[]; trustsName?: boolean; works?: string; datasets?: string } = {},
): Promise<Run> {
  const { members = [], trustsName = false, works = '', datasets = '' } = options
  const paths = members.map((content, index) => {
    const path = join(folder, 'by-partlabel', `disk-${index}-zfs`)
    if (content !== null) writeFileSync(path, content)
    return path
  })
  const { value } = await evaluateExpression(`let
    lib = ${OWN_LIB};
    scripts = import ${SCRIPTS} { inherit lib; };
  in scripts.say + scripts.expect + scripts.importPool {
    pool = "rpool";
    members = builtins.fromJSON ${JSON.stringify(JSON.stringify(paths))};
    trustsName = ${trustsName};
  }`)
  for (const [name, body] of Object.entries(PROGRAMS)) {
    writeFileSync(join(folder, 'bin', name), `#!${execFileSync('which', ['bash'], { encoding: 'utf8' })}${body}\n`, {
      mode: 0o755,
    })
  }
  const log = join(folder, 'log')
  writeFileSync(log, '')
  writeFileSync(`${log}.zfs`, datasets)
  // As NixOS runs a unit's script; the screens of this machine are not to hear of it.
  const script = `set -e\n${String(value)}\n${call}`.replaceAll('/dev/console /dev/tty0', '/dev/null')
  const env = { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, LOG: log, WORKS: works }
  const { status, stderr } = spawnSync('bash', ['-c', script], { env, encoding: 'utf8' })
  return {
    status,
    said: stderr.split('\n').filter((line) => line.startsWith('keystone: ')),
    commands: readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && line !== 'sleep'),
  }
}

describe.skipIf(!hasNix)(`opening a pool (${NIX_REASON})`, { timeout: 30_000 }, () => {
  test('imports the pool that lies on our partitions, by its number', async () => {
    const found = await run('import_pool', { members: ['\n', '4711\n'], works: '4711' })
    expect(found).toEqual({ status: 0, said: [], commands: ['zpool import -N -d /dev/disk/by-id 4711'] })
  })

  test('goes on without a disk, and says so', async () => {
    const found = await run('import_pool', { members: [null, '4711\n'], works: '4711' })
    expect(found.status).toBe(0)
    expect(found.said).toEqual(['keystone: a disk of the pool rpool is missing, trying without it'])
    expect(found.commands).toEqual(['zpool import -N -d /dev/disk/by-id 4711'])
  })

  test('without encryption no other pool of that name will do', async () => {
    const found = await run('import_pool', { members: [null, 'ext4-6a5b\n'], works: 'rpool' })
    expect(found.status).toBe(1)
    expect(found.said.at(-1)).toBe('keystone: no disk of the pool rpool is here')
    expect(found.commands).toEqual([])
  })

  test('with encryption the name is enough, because the key shows whose pool it is', async () => {
    const found = await run('import_pool', { members: [null], works: 'rpool', trustsName: true })
    expect(found).toMatchObject({ status: 0, commands: ['zpool import -N -d /dev/disk/by-id rpool'] })
  })

  test('gives up after half a minute of tries, never by force', async () => {
    const found = await run('import_pool', { members: ['4711\n'], works: 'none' })
    expect(found.status).toBe(1)
    expect(new Set(found.commands)).toEqual(new Set(['zpool import -N -d /dev/disk/by-id 4711']))
    expect(found.commands).toHaveLength(30)
    expect(found.said).toEqual(['keystone: the pool rpool cannot be imported, the journal has the reason'])
  })

  test('a dataset that is not as it was installed ends it, with the finding', async () => {
    const datasets = 'rpool/crypt encryptionroot rpool/crypt\nrpool/crypt/root encryptionroot -\n'
    const good = await run('expect rpool/crypt encryptionroot rpool/crypt', { datasets })
    expect(good).toMatchObject({ status: 0, said: [] })
    const planted = await run('expect rpool/crypt/root encryptionroot rpool/crypt; echo mounted', { datasets })
    expect(planted.status).toBe(1)
    expect(planted.said).toEqual([
      'keystone: rpool/crypt/root: encryptionroot is - and not rpool/crypt. This is not the pool that was installed, nothing is mounted',
    ])
  })
})
