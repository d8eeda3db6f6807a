import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLiveLog } from '../install/live-log.ts'
import { createLocalSystem } from '../system/local-system.ts'
import { type Command, readCommandLine } from './arguments.ts'
import { runCommand } from './commands.ts'
import { describeError } from './describe-error.ts'

// Real images, made and read by the real xorriso: without it these tests would prove nothing.
const xorriso = spawnSync('sh', ['-c', 'command -v xorriso'], { encoding: 'utf8' }).stdout.trim()

const ANSWERS = readFileSync(new URL('../testing/cases/default/answers.yaml', import.meta.url), 'utf8')
const SECRETS = ['keystone demo passphrase', 'keystone-demo\n']
const WITHOUT_SECRETS = ANSWERS.replace(/^ +(passphrase|password): .*\n/gm, '')

const folder = mkdtempSync(join(tmpdir(), 'keystone-iso-'))
const at = (name: string) => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true }))

type Kind = 'stick' | 'dvd' | 'hybrid'

/** An image with a boot loader of random bytes: a DVD's alone, in a partition of its own as well, or as isohybrid does. */
function makeIso(name: string, kind: Kind, label: string, files: Readonly<Record<string, string>> = {}): string {
  const tree = at(`${name}.tree`)
  mkdirSync(join(tree, 'boot'), { recursive: true })
  const loader = Uint8Array.from({ length: 64 * 1024 }, (_, index) => (index * 31 + (index >> 8)) % 251)
  writeFileSync(join(tree, 'boot/efi.img'), loader)
  writeFileSync(join(tree, 'system.squashfs'), loader.toReversed())
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(tree, path, '..'), { recursive: true })
    writeFileSync(join(tree, path), content)
  }
  const efi = ['-e', 'boot/efi.img', '-no-emul-boot']
  const ways: Record<Kind, readonly string[]> = {
    dvd: efi,
    stick: [
      ...['-append_partition', '2', '0xef', join(tree, 'boot/efi.img'), '-appended_part_as_gpt'],
      ...['-e', '--interval:appended_partition_2:all::', '-no-emul-boot'],
    ],
    hybrid: [
      ...['-joliet', '-b', 'system.squashfs', '-no-emul-boot', '-boot-load-size', '4', '-eltorito-alt-boot'],
      ...[...efi, '-isohybrid-gpt-basdat', '-isohybrid-mbr', join(tree, 'boot/efi.img')],
    ],
  }
  const args = ['-no_rc', '-as', 'mkisofs', '-quiet', '-volid', label, '-o', at(name), ...ways[kind], tree]
  const made = spawnSync('xorriso', args, { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(made.stderr)
  return at(name)
}

async function keystone(argv: readonly string[], more: { path?: string; cancelOn?: RegExp } = {}) {
  const liveLog = createLiveLog()
  const controller = new AbortController()
  const out: string[] = []
  const err: string[] = []
  const ended = await runCommand(
    readCommandLine(argv) as Command,
    {
      environment: {},
      places: { templates: '', phases: '' },
      machineDirectories: [],
      liveLog,
      version: '0.5.0',
      system: createLocalSystem({
        log: liveLog.log,
        environment: { PATH: more.path ?? process.env.PATH },
        killDelayMs: 100,
      }),
    },
    {
      stdout: (text) => out.push(text),
      stderr: (text) => {
        err.push(text)
        if (more.cancelOn?.test(text)) controller.abort()
      },
      isTTY: false,
    },
    controller.signal,
  ).catch((error: unknown) => {
    const { text, ending } = describeError(error)
    err.push(text)
    return ending
  })
  const log = liveLog.lines().join('\n')
  for (const secret of SECRETS) expect(`${out}${err}${log}`).not.toContain(secret.trim())
  return { ended, out: out.join(''), err: err.join('') }
}

function prepare(iso: string, out: string, answers = ANSWERS, more: Parameters<typeof keystone>[1] = {}) {
  writeFileSync(at('answers.yaml'), answers)
  return keystone(['iso', 'prepare', iso, '--answers', at('answers.yaml'), '--out', at(out)], more)
}

/** What somebody with the image reads from it. */
function ask(iso: string, ...args: string[]): string {
  return spawnSync('xorriso', ['-no_rc', '-indev', `stdio:${iso}`, '-osirrox', 'on', ...args], { encoding: 'utf8' })
    .stdout
}

/** A program of this name in front of the real one. */
function stubPath(name: string, script: string): string {
  const directory = at(name)
  mkdirSync(directory)
  writeFileSync(join(directory, 'xorriso'), `#!/bin/bash\n${script}\n`)
  chmodSync(join(directory, 'xorriso'), 0o755)
  return `${directory}:${process.env.PATH}`
}

describe.skipIf(xorriso === '')('with xorriso (skipped where it is not installed)', () => {
  beforeAll(() => {
    makeIso('stick.iso', 'stick', 'KEYSTONE_1', { 'keystone/version': '1.2.3\n' })
  })

  test.each(['stick', 'dvd', 'hybrid'] as const)(
    'puts the answers onto an image that boots as before: %s',
    async (kind) => {
      const iso = makeIso(`from-${kind}.iso`, kind, 'KEYSTONE_26')
      const { ended, out } = await prepare(iso, `to-${kind}.iso`)
      expect([ended, out]).toEqual([
        'done',
        `${at(`to-${kind}.iso`)} is KEYSTONE_26 with the answers of answers.yaml.\n`,
      ])
      const made = at(`to-${kind}.iso`)
      expect(ask(made, '-concat', 'append', '-', '/keystone/answers.yaml', '--')).toBe(ANSWERS)
      expect(ask(made, '-find', '/keystone', '-exec', 'lsdl')).toMatch(
        /^drwxr-xr-x +1 0 +0 +0 .* '\/keystone'\n-r-{8} +1 0 +0 +\d+ .* '\/keystone\/answers.yaml'\n$/,
      )
      const entries = (path: string) =>
        ask(path, '-report_el_torito', 'plain')
          .split('\n')
          .filter((line) => line.startsWith('El Torito boot img'))
          .map((line) => line.replace(/ +\d+$/, ''))
      expect(entries(made)).toEqual(entries(iso))
      expect(entries(made).join('\n')).toContain('UEFI  y   none')
      const content = (path: string) => ask(path, '-concat', 'append', '-', '/system.squashfs', '--')
      expect(kind === 'hybrid' || content(made) === content(iso)).toBe(true)
    },
  )

  test('an image with secrets can be read by its owner only, and the person is told', async () => {
    const { err } = await prepare(at('stick.iso'), 'open.iso')
    expect(err.split('\n').slice(1, 4)).toEqual([
      'Warning: anybody who has open.iso, or a medium made from it, can read',
      'encryption.passphrase and identity.password. Leave them out of the answer file,',
      'and the wizard opens with everything else filled in, and asks for them.',
    ])
    expect(err).toContain('erases them without a question.\n')
    expect(statSync(at('open.iso')).mode & 0o777).toBe(0o600)
  })

  test('secrets that are left out are asked for by the wizard, and nothing is open', async () => {
    const { ended, err } = await prepare(at('stick.iso'), 'closed.iso', WITHOUT_SECRETS)
    expect([ended, err]).toEqual([
      'done',
      `Writing ${at('closed.iso')} ...\nThe wizard will ask for encryption.passphrase and identity.password.\n`,
    ])
    const { out } = await keystone(['iso', 'inspect', at('closed.iso')])
    expect(out).toContain('answers   for the wizard; it asks for encryption.passphrase, identity.password\n')
  })

  test('an image that has answers gets the new ones, and nothing of the old ones stays in it', async () => {
    await prepare(at('stick.iso'), 'first.iso')
    const { out } = await prepare(at('first.iso'), 'second.iso', WITHOUT_SECRETS)
    expect(out).toContain('They replace those that were on it.\n')
    const bytes = readFileSync(at('second.iso'), 'latin1')
    for (const secret of SECRETS) expect(bytes).not.toContain(secret)
    expect(ask(at('second.iso'), '-concat', 'append', '-', '/keystone/answers.yaml', '--')).toBe(WITHOUT_SECRETS)
  })

  test('inspect shows all but the secrets', async () => {
    await prepare(at('stick.iso'), 'shown.iso', ANSWERS.replace('version: 1', 'version: 1 # keystone demo passphrase'))
    const { ended, out } = await keystone(['iso', 'inspect', at('shown.iso')])
    expect(ended).toBe('done')
    expect(out.split('\n').slice(0, 12)).toEqual([
      'label     KEYSTONE_1',
      'version   1.2.3',
      'boots     by UEFI, as a DVD and as a USB stick',
      'answers   complete: it ERASES its disks without a question',
      '',
      'version: 2',
      'system:',
      '  language: en_US.UTF-8',
      '  keyboard: us',
      '  timeZone: UTC',
      'disk:',
      '  layout: single-zfs',
    ])
    expect(out).toContain('  passphrase: "***"\n')
  })

  test('inspect --json says the same for a program', async () => {
    await prepare(at('stick.iso'), 'json.iso')
    const { out } = await keystone(['iso', 'inspect', '--json', at('json.iso')])
    expect(JSON.parse(out)).toMatchObject({
      label: 'KEYSTONE_1',
      version: '1.2.3',
      boots: { asDvd: true, asStick: true },
      answers: {
        isUnattended: true,
        openSecrets: ['encryption.passphrase', 'identity.password'],
        leftOut: [],
        problems: [],
        content: { encryption: { passphrase: '***' }, identity: { password: '***', hostName: 'primer' } },
      },
    })
  })

  test('an image without answers', async () => {
    const { ended, out } = await keystone(['iso', 'inspect', at('stick.iso')])
    expect(ended).toBe('done')
    expect(out).toContain('answers   none: the wizard asks everything\n')
    const { out: json } = await keystone(['iso', 'inspect', '--json', at('stick.iso')])
    expect(JSON.parse(json).answers).toBeNull()
  })

  test('answers on the image that cannot be read are reported without what they say', async () => {
    const iso = makeIso('broken.iso', 'dvd', 'KEYSTONE_1', {
      'keystone/answers.yaml': 'version: 1\nencryption:\n  passphrase: "keystone demo passphrase\n',
    })
    const { ended, out, err } = await keystone(['iso', 'inspect', iso])
    expect(ended).toBe('bad-answers')
    expect(out).toContain('answers   with problems')
    expect(err).toBe(
      'answers.yaml:3:15  the quote that opens here is never closed\n   3 |   passphrase: ***\n     |               ^\n',
    )
  })

  test('bad answers are reported as by check, and nothing is written', async () => {
    const { ended, err } = await prepare(
      at('stick.iso'),
      'bad.iso',
      ANSWERS.replace('hostName: primer', 'hostName: a.b'),
    )
    expect(ended).toBe('bad-answers')
    expect(err).toMatch(/^answers\.yaml:\d+:13 {2}identity\.hostName {2}/)
    expect(readdirSync(folder)).not.toContain('bad.iso')
  })

  test('a secret in a file of its own would not be on the image', async () => {
    const answers = ANSWERS.replace(/passphrase: .*/, 'passphraseFile: pass.txt')
    writeFileSync(at('pass.txt'), 'keystone demo passphrase')
    const { ended, err } = await prepare(at('stick.iso'), 'bad.iso', answers)
    expect(ended).toBe('bad-answers')
    expect(err).toContain('encryption.passphraseFile  the answer file is alone on the medium')
  })

  test('a file that is there already is left as it is', async () => {
    writeFileSync(at('there.iso'), 'mine')
    const { ended, err } = await prepare(at('stick.iso'), 'there.iso')
    expect([ended, err]).toEqual([
      'bad-answers',
      `keystone: ${at('there.iso')} is there already, and is left as it is\n  - give another name with --out\n`,
    ])
    expect(readFileSync(at('there.iso'), 'utf8')).toBe('mine')
  })

  test('no folder for the new image', async () => {
    const { ended, err } = await prepare(at('stick.iso'), 'nowhere/new.iso')
    expect(ended).toBe('bad-answers')
    expect(err).toContain(`there is no folder ${at('nowhere')}`)
  })

  test('an ISO of somebody else, a file that is none, no file', async () => {
    const foreign = makeIso('foreign.iso', 'dvd', 'DEBIAN')
    expect((await prepare(foreign, 'bad.iso')).err).toContain(
      'is no Keystone ISO: its label is "DEBIAN", and ours begin with KEYSTONE_\n',
    )
    // The label of a partition with an answer file, and of none of our media.
    const seed = makeIso('seed.iso', 'dvd', 'KEYSTONE')
    expect((await prepare(seed, 'bad.iso')).err).toContain('its label is "KEYSTONE"')
    writeFileSync(at('text.iso'), 'text')
    expect((await prepare(at('text.iso'), 'bad.iso')).err).toContain(`${at('text.iso')} is no ISO image\n`)
    expect((await prepare(at('gone.iso'), 'bad.iso')).err).toContain(`cannot read ${at('gone.iso')}\n`)
    expect((await keystone(['iso', 'inspect', folder])).err).toContain(`cannot read ${folder}\n`)
  })

  const only = (name: string) => readdirSync(folder).filter((file) => file.includes(name))

  test('a full disk: what was written is removed, and what xorriso said is shown', async () => {
    const path = stubPath(
      'full',
      `for a; do case $a in */.full.iso.*) printf half >"\${a#stdio:}"; echo "No space left on device" >&2; exit 5;; esac; done
exec ${xorriso} "$@"`,
    )
    const { ended, err } = await prepare(at('stick.iso'), 'full.iso', ANSWERS, { path })
    expect(ended).toBe('failed')
    expect(err).toContain('keystone: xorriso failed with exit code 5\n')
    expect(err).toContain('No space left on device\n')
    expect(only('full.iso')).toEqual([])
  })

  test('Ctrl-C while it writes: xorriso ends, and what was written is removed', async () => {
    const path = stubPath(
      'slow',
      `for a; do case $a in */.slow.iso.*) printf half >"\${a#stdio:}"; sleep 60; exit 0;; esac; done
exec ${xorriso} "$@"`,
    )
    const { ended } = await prepare(at('stick.iso'), 'slow.iso', ANSWERS, { path, cancelOn: /^Writing/ })
    expect(ended).toBe('cancelled')
    expect(only('slow.iso')).toEqual([])
  })

  test('an image that would not boot any more gets no name', async () => {
    const path = stubPath('forgetful', `exec ${xorriso} "\${@/replay/discard}"`)
    const { ended, err } = await prepare(makeIso('loaded.iso', 'dvd', 'KEYSTONE_1'), 'forgotten.iso', ANSWERS, { path })
    expect(ended).toBe('bug')
    expect(err).toContain('the new image boots otherwise')
    expect(only('forgotten.iso')).toEqual([])
  })

  test('without xorriso it says so, and where to get it', async () => {
    const { ended, err } = await prepare(at('stick.iso'), 'none.iso', ANSWERS, { path: at('nowhere') })
    expect(ended).toBe('bad-answers')
    expect(err).toContain('xorriso is needed to read and write ISO images, and it is not installed here\n')
    expect(err).toContain('apt install xorriso')
    expect(only('none.iso')).toEqual([])
  })
})
