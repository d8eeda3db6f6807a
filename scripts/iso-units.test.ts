import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { spawn as spawnPty } from 'node-pty'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

// The live image takes iso/units as it lies there, so the tests of its programs lie outside.
const units = fileURLToPath(new URL('../iso/units', import.meta.url))

let folder: string
let live: string
let medium: string
let children: ChildProcess[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'iso-units-'))
  live = join(folder, 'live')
  medium = join(folder, 'iso')
  mkdirSync(join(folder, 'bin'))
  mkdirSync(join(medium, 'keystone'), { recursive: true })
  kernelLine('quiet')
  children = []
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** A stand-in for a program; each call is a line in `calls`. */
function program(name: string, body = ':') {
  const path = join(folder, 'bin', name)
  writeFileSync(path, `#!/usr/bin/env bash\necho "${name} $*" >>'${folder}/calls'\n${body}\n`)
  chmodSync(path, 0o755)
}
/** The same, and its calls are not noted. */
function quiet(name: string, body = ':') {
  const path = join(folder, 'bin', name)
  writeFileSync(path, `#!/usr/bin/env bash\n${body}\n`)
  chmodSync(path, 0o755)
}
const calls = () => (existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').split('\n') : [])
const kernelLine = (line: string) => writeFileSync(join(folder, 'cmdline'), `init=/x ${line}\n`)
const environment = () => ({
  ...process.env,
  PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
  TERM: 'linux',
  KEYSTONE_LIVE_DIR: live,
  KEYSTONE_MEDIUM: medium,
  KEYSTONE_CMDLINE: join(folder, 'cmdline'),
  KEYSTONE_SSH_KEYS: folder,
  KEYSTONE_ISSUE_DIR: join(folder, 'issue.d'),
  KEYSTONE_ADDRESS_WAIT: '0',
  KEYSTONE_REBOOT_WAIT: '0',
  KEYSTONE_SCREEN: join(folder, 'screen'),
  KEYSTONE_NETWORK_WAIT: '0',
  KEYSTONE_FETCH_PAUSE: '0',
  KEYSTONE_DEVICE_WAIT: '0',
})
function run(name: string, args: readonly string[] = [], input = '') {
  const result = spawnSync(join(units, name), args, { encoding: 'utf8', input, env: environment(), timeout: 20_000 })
  return { status: result.status, stdout: result.stdout.replaceAll('\r', ''), stderr: result.stderr }
}
/** Starts it and gives a function that waits for text in what it has said so far. */
function start(name: string) {
  const child = spawn(join(units, name), { env: environment(), stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  let said = ''
  const listeners = new Set<() => void>()
  child.stdout.on('data', (data) => {
    said += String(data).replaceAll('\r', '')
    for (const listener of listeners) listener()
  })
  const ended = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)))
  const says = (text: string) =>
    new Promise<void>((resolve) => {
      const look = () => said.includes(text) && resolve()
      listeners.add(look)
      look()
    })
  return { child, says, ended, said: () => said }
}
const inLive = (name: string) => readFileSync(join(live, name), 'utf8')
const has = (name: string) => existsSync(join(live, name))
const mode = (name: string) => statSync(join(live, name)).mode & 0o777
function liveFiles(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(live, name, '..'), { recursive: true })
    writeFileSync(join(live, name), text)
  }
}

describe('keystone-answers', () => {
  // The machine of the test has partitions and a network of its own.
  beforeEach(() => {
    for (const name of ['lsblk', 'udevadm', 'curl', 'mount', 'umount']) quiet(name)
  })
  const answers = (path = 'keystone/answers.yaml') => writeFileSync(join(medium, path), 'version: 1\n')

  test('no answer file: nothing is checked, nothing is shown', () => {
    program('keystone')
    expect(run('keystone-answers')).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(readdirSync(live)).toEqual([])
    expect(calls()).toEqual([])
  })

  test('a complete file on the medium starts an installation; the copy is for root only', () => {
    answers()
    program('keystone')
    expect(run('keystone-answers').status).toBe(0)
    expect(calls()).toEqual([`keystone check --unattended ${live}/answers.yaml`, ''])
    expect(inLive('mode')).toBe('unattended\n')
    expect(inLive('source')).toBe(`${medium}/keystone/answers.yaml\n`)
    expect([mode('.'), mode('answers.yaml')]).toEqual([0o700, 0o600])
    expect(has('notice')).toBe(false)
  })

  test('an incomplete file opens the wizard with it, and the report is shown', () => {
    answers()
    program('keystone', 'echo "answers.yaml  confirm.erase is missing" >&2; exit 2')
    run('keystone-answers')
    expect(inLive('mode')).toBe('answers\n')
    expect(inLive('notice')).toBe(
      [
        `The answer file ${medium}/keystone/answers.yaml is not enough to install without questions:`,
        'answers.yaml  confirm.erase is missing',
        'The wizard opens with the answers that it has.',
        '',
      ].join('\n'),
    )
  })

  test('a program that is broken is no incomplete file', () => {
    answers()
    program('keystone', 'echo "a fault"; exit 70')
    run('keystone-answers')
    expect(inLive('mode')).toBe('answers\n')
    expect(inLive('notice')).toContain('could not be checked (code 70)')
  })

  test.each([
    ['relative to the medium', 'other.yaml', () => 'other.yaml'],
    ['absolute', 'other.yaml', () => `${medium}/other.yaml`],
    ['the last one counts', 'other.yaml', () => 'none.yaml keystone.answers=other.yaml'],
  ])('keystone.answers= %s', (_name, file, value) => {
    answers(file)
    answers()
    program('keystone')
    kernelLine(`keystone.answers=${value()}`)
    run('keystone-answers')
    expect(inLive('source')).toBe(`${medium}/other.yaml\n`)
  })

  test.each([
    ['a file that is not there', 'site/gone.yaml', 'site/gone.yaml is not there'],
    ['a folder', 'keystone', 'keystone is not there'],
    [
      'an address without a pin, which is not repeated',
      'https://me:secret@example.org/a.yaml',
      'answers.sha256= is missing',
    ],
    ['an address that anybody could answer for', 'http://me:secret@example.org/a.yaml', 'does not begin with https://'],
    ['another label', 'LABEL=DATA', 'one label only: KEYSTONE'],
    ['a pin that is none', 'keystone/answers.yaml keystone.answers.sha256=abc', 'must be the 64 hex digits'],
  ])('%s is said, and nothing is installed', (_name, value, text) => {
    answers()
    program('keystone')
    kernelLine(`keystone.answers=${value}`)
    expect(run('keystone-answers').status).toBe(0)
    expect(inLive('notice')).toContain(text)
    expect(inLive('notice')).not.toContain('secret')
    expect([has('mode'), has('answers.yaml')]).toEqual([false, false])
    expect(calls()).toEqual([])
  })

  test('keystone.answers= with nothing behind it leaves the file on the medium alone', () => {
    answers()
    kernelLine('keystone.answers=')
    run('keystone-answers')
    expect(readdirSync(live)).toEqual([])
  })

  test('started again it decides anew, but not after an installation', () => {
    answers()
    program('keystone')
    run('keystone-answers')
    rmSync(join(medium, 'keystone/answers.yaml'))
    run('keystone-answers')
    expect(readdirSync(live)).toEqual([])
    answers()
    mkdirSync(join(live, 'unattended'))
    run('keystone-answers')
    expect(has('mode')).toBe(false)
  })

  describe('from an address', () => {
    const URL_TEXT = 'https://me:se"cret@example.org/a.yaml'
    const content = 'version: 2\n'
    const pin = createHash('sha256').update(content).digest('hex')
    const named = (sha256 = pin) => kernelLine(`keystone.answers=${URL_TEXT} keystone.answers.sha256=${sha256}`)
    /** Notes its arguments and what it is told on standard input, then writes the file. */
    const curl = (ending = `printf 'version: 2\\n' >"\${@: -1}"`) =>
      quiet('curl', `echo "curl $*" >>'${folder}/calls'; cat >>'${folder}/config'; ${ending}`)

    test('it is fetched by https only, and taken when its fingerprint is the one of the kernel line', () => {
      named(pin.toUpperCase())
      curl()
      program('keystone')
      expect(run('keystone-answers')).toMatchObject({ status: 0, stderr: '' })
      expect(inLive('answers.yaml')).toBe(content)
      expect(mode('answers.yaml')).toBe(0o600)
      expect(inLive('source')).toBe('from the address of the kernel line\n')
      expect(inLive('mode')).toBe('unattended\n')
      const [line = ''] = calls()
      for (const option of ['--proto =https', '--proto-redir =https', '--max-filesize 1048576', '--max-time 60']) {
        expect(line).toContain(option)
      }
      // Argument lists are for everybody to read.
      expect(line).not.toContain('secret')
      expect(line).not.toContain('example.org')
      expect(readFileSync(join(folder, 'config'), 'utf8')).toBe('url = "https://me:se\\"cret@example.org/a.yaml"\n')
      expect(readFileSync(join(folder, 'screen'), 'utf8')).toContain('as soon as the network is up')
    })

    test('another file than the one that was meant is thrown away', () => {
      named('0'.repeat(64))
      curl()
      program('keystone')
      run('keystone-answers')
      expect(inLive('notice')).toContain(`its fingerprint is ${pin}.`)
      expect([has('answers.yaml'), has('mode')]).toEqual([false, false])
      expect(calls().filter((line) => line.startsWith('keystone'))).toEqual([])
    })

    test.each([
      [6, 'its name is not found'],
      [22, 'the server has no such file'],
      [60, 'certificate is not valid'],
      [63, 'larger than 1 MiB'],
    ])('curl ends with %i: that is said in words, and nothing is installed', (code, words) => {
      named()
      curl(`exit ${code}`)
      run('keystone-answers')
      expect(inLive('notice')).toContain(words)
      expect(inLive('notice')).not.toContain('example.org')
      expect([has('answers.yaml'), has('mode')]).toEqual([false, false])
    })

    test('it is tried again while the network comes up', () => {
      named()
      curl(`[ -e '${folder}/up' ] || { touch '${folder}/up'; exit 6; }; printf 'version: 2\\n' >"\${@: -1}"`)
      program('keystone')
      const result = spawnSync(join(units, 'keystone-answers'), [], {
        encoding: 'utf8',
        env: { ...environment(), KEYSTONE_NETWORK_WAIT: '20' },
      })
      expect(result.status).toBe(0)
      expect(calls().filter((line) => line.startsWith('curl'))).toHaveLength(2)
      expect(inLive('mode')).toBe('unattended\n')
    })
  })

  describe('from a partition labelled KEYSTONE', () => {
    /** Partitions as lsblk shows them; those with a folder of their name have these files. */
    const partitions = (lines: readonly (readonly [device: string, type: string, label: string])[]) =>
      quiet(
        'lsblk',
        lines.map(([name, type, label]) => `echo 'NAME="${name}" FSTYPE="${type}" LABEL="${label}"'`).join('\n'),
      )
    const stick = (name: string, files: Readonly<Record<string, string>>) => {
      mkdirSync(join(folder, 'devices', name), { recursive: true })
      for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, 'devices', name, file), text)
    }
    beforeEach(() => {
      program('mount', `cp -a '${folder}/devices/'"$(basename "\${@: -2:1}")"/. "\${@: -1}"/`)
      program('umount', 'rm -rf "$1"; mkdir "$1"')
      program('keystone')
    })
    const mounts = () => calls().filter((line) => line.startsWith('mount'))

    test('its answers.yaml is taken, and it stays mounted, so that its disk is in use', () => {
      partitions([
        ['/dev/sda1', 'ext4', 'root'],
        ['/dev/sdb1', 'vfat', 'KEYSTONE'],
        ['/dev/sr0', 'iso9660', 'KEYSTONE_26_05'],
      ])
      stick('sdb1', { 'answers.yaml': 'version: 2\n' })
      expect(run('keystone-answers')).toMatchObject({ status: 0, stderr: '' })
      expect(inLive('source')).toBe('answers.yaml on /dev/sdb1\n')
      expect(inLive('mode')).toBe('unattended\n')
      expect(mounts().at(-1)).toBe(`mount -t vfat -o ro,nosuid,nodev,noexec -- /dev/sdb1 ${live}/answers-partition`)
      expect(calls().filter((line) => line.includes('umount'))).toHaveLength(2)
      expect(has('answers-partition/answers.yaml')).toBe(true)
      // Our own medium begins with the label and is none.
      expect(mounts().join()).not.toContain('sr0')
    })

    test('an ext4 is not written to by replaying its journal', () => {
      partitions([['/dev/sdb1', 'ext4', 'KEYSTONE']])
      stick('sdb1', { 'answers.yaml': 'version: 2\n' })
      run('keystone-answers')
      expect(mounts()[0]).toContain('-o ro,nosuid,nodev,noexec,noload ')
    })

    test('without the file, or with a link in its place, it is not ours', () => {
      partitions([
        ['/dev/sdb1', 'vfat', 'KEYSTONE'],
        ['/dev/sdc1', 'ext4', 'KEYSTONE'],
        ['/dev/sdd1', 'btrfs', 'KEYSTONE'],
      ])
      stick('sdb1', { 'readme.txt': '' })
      stick('sdc1', {})
      symlinkSync('/etc/hostname', join(folder, 'devices/sdc1/answers.yaml'))
      run('keystone-answers')
      expect(readdirSync(live)).toEqual([])
    })

    test('two of them, or one beside a file on the medium: nobody guesses which is meant', () => {
      partitions([
        ['/dev/sdb1', 'vfat', 'KEYSTONE'],
        ['/dev/sdc1', 'vfat', 'KEYSTONE'],
      ])
      stick('sdb1', { 'answers.yaml': 'version: 2\n' })
      stick('sdc1', { 'answers.yaml': 'version: 2\n' })
      run('keystone-answers')
      expect(inLive('notice')).toContain('There are 2 partitions labelled KEYSTONE')
      expect(inLive('notice')).toContain('/dev/sdb1 /dev/sdc1')
      expect([has('answers.yaml'), has('mode')]).toEqual([false, false])
      partitions([['/dev/sdb1', 'vfat', 'KEYSTONE']])
      answers()
      run('keystone-answers')
      expect(inLive('notice')).toContain('There are two answer files: ')
      expect(has('mode')).toBe(false)
      kernelLine('keystone.answers=LABEL=KEYSTONE')
      run('keystone-answers')
      expect(inLive('source')).toBe('answers.yaml on /dev/sdb1\n')
      kernelLine('keystone.answers=keystone/answers.yaml')
      run('keystone-answers')
      expect(inLive('source')).toBe(`${medium}/keystone/answers.yaml\n`)
    })

    test('named on the kernel line and not there: that is said', () => {
      kernelLine('keystone.answers=LABEL=KEYSTONE')
      run('keystone-answers')
      expect(inLive('notice')).toContain('There is no partition labelled KEYSTONE')
      expect(has('mode')).toBe(false)
    })

    test('a fingerprint holds for it too', () => {
      partitions([['/dev/sdb1', 'vfat', 'KEYSTONE']])
      stick('sdb1', { 'answers.yaml': 'version: 2\n' })
      kernelLine(`keystone.answers.sha256=${'0'.repeat(64)}`)
      run('keystone-answers')
      expect(inLive('notice')).toContain('is not the one that keystone.answers.sha256= names')
      expect(has('answers.yaml')).toBe(false)
    })
  })
})

describe('keystone-unattended', () => {
  beforeEach(() => liveFiles({ mode: 'unattended\n', 'answers.yaml': 'passphrase: canary\n' }))
  const key = () => `echo key >'${live}/unattended/recovery-key'`

  test('installs once; log and key are for root only; the copy of the answers goes', () => {
    program('keystone', `echo "[100%] Installed"; echo "said on stderr" >&2; ${key()}`)
    expect(run('keystone-unattended')).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(calls()).toEqual([
      `keystone install --answers ${live}/answers.yaml --begun continue --progress plain --recovery-key-file ${live}/unattended/recovery-key`,
      '',
    ])
    expect(inLive('unattended/log')).toBe('[100%] Installed\nsaid on stderr\n')
    expect(inLive('unattended/code')).toBe('0\n')
    expect([mode('unattended'), mode('unattended/log'), mode('unattended/recovery-key')]).toEqual([0o700, 0o600, 0o600])
    expect(has('answers.yaml')).toBe(false)
  })

  test('whatever starts it again, the disks are not erased again', async () => {
    program('keystone', 'exit 4')
    const first = start('keystone-unattended')
    const second = start('keystone-unattended')
    expect((await Promise.all([first.ended, second.ended])).sort()).toEqual([0, 4])
    expect(run('keystone-unattended')).toMatchObject({ status: 0 })
    expect(calls()).toHaveLength(2)
    expect(inLive('unattended/code')).toBe('4\n')
    // The wizard opens with them.
    expect(has('answers.yaml')).toBe(true)
  })

  test.each(['answers\n', ''])('mode %j: nothing', (word) => {
    liveFiles({ mode: word })
    program('keystone')
    expect(run('keystone-unattended').status).toBe(0)
    expect(calls()).toEqual([])
  })

  test('told to stop, it lets the installer let go of the disks', async () => {
    program(
      'keystone',
      `trap 'echo "Undone: mounts"; exit 130' TERM; echo started; touch '${folder}/up'; while :; do read -rt 1 <> <(:); done`,
    )
    const { child, ended } = start('keystone-unattended')
    await fileAppears(join(live, 'unattended/pid'))
    await fileAppears(join(folder, 'up'))
    child.kill('SIGTERM')
    expect(await ended).toBe(130)
    expect(inLive('unattended/log')).toBe('started\nUndone: mounts\n')
    expect(inLive('unattended/code')).toBe('130\n')
  })

  test('keystone.reboot restarts, but not over a recovery key that nobody has read, nor after a failure', () => {
    program('systemctl')
    kernelLine('keystone.reboot')
    const restarts = (body: string) => {
      rmSync(live, { recursive: true })
      rmSync(join(folder, 'calls'), { force: true })
      liveFiles({ mode: 'unattended\n', 'answers.yaml': '' })
      program('keystone', body)
      run('keystone-unattended')
      return calls().includes('systemctl reboot')
    }
    expect([restarts(':'), restarts(key()), restarts('exit 4')]).toEqual([true, false, false])
  })
})

describe('keystone-console', () => {
  const wizard = () => program('keystone', 'echo "WIZARD $*"')

  test('without anything noticed: the wizard, and again after Enter', () => {
    wizard()
    const { status, stdout } = run('keystone-console', [], '\n')
    expect(status).toBe(0)
    expect(stdout).toBe(
      'WIZARD \n\nKeystone has ended. Press Enter to start it again. WIZARD \n\nKeystone has ended. Press Enter to start it again. ',
    )
  })

  test('notices are read before the wizard clears them; it opens with the answers', () => {
    liveFiles({
      mode: 'answers\n',
      notice: 'confirm.erase is missing\n',
      'ssh-notice': 'ssh is on\n',
      'answers.yaml': '',
    })
    wizard()
    expect(run('keystone-console').stdout).toBe(
      'ssh is on\n\nconfirm.erase is missing\n\n\nPress Enter for the wizard. ',
    )
    expect(run('keystone-console', [], '\n').stdout).toContain(`WIZARD --answers ${live}/answers.yaml\n`)
  })

  test('answers that the wizard refuses are left away at the next start', () => {
    liveFiles({ mode: 'answers\n', 'answers.yaml': '' })
    program('keystone', 'echo "WIZARD $*"; [ -z "$*" ] || exit 2')
    expect(run('keystone-console', [], '\n').stdout).toBe(
      `WIZARD --answers ${live}/answers.yaml\n\nKeystone has ended with code 2. Press Enter to start it again. ` +
        'WIZARD \n\nKeystone has ended. Press Enter to start it again. ',
    )
  })

  test('an installation is followed while it runs, to its last line', async () => {
    spawnSync('mkfifo', [join(folder, 'go')])
    liveFiles({ mode: 'unattended\n', source: '/iso/keystone/answers.yaml\n', 'ssh-notice': 'ssh is on\n' })
    program('keystone', `echo "[ 10%] Partition"; read -r _ <'${folder}/go'; echo "[100%] Installed"`)
    program('systemctl')
    const line = start('keystone-console')
    await line.says('Keystone installs by the answer file /iso/keystone/answers.yaml. Nothing is asked.')
    expect(line.said()).toMatch(/^ssh is on\n/)
    start('keystone-unattended')
    await line.says('[ 10%] Partition')
    expect(line.said()).not.toContain('Installed.')
    appendFileSync(join(folder, 'go'), '\n')
    await line.says('Press Enter to restart.')
    expect(line.said()).toMatch(/\[100%\] Installed\n\nInstalled\.\n/)
    line.child.stdin.write('\n')
    expect(await line.ended).toBe(0)
    expect(calls()).toContain('systemctl reboot')
    expect(line.said()).not.toContain('WIZARD')
  })

  const finished = (code: string | null, more: Record<string, string> = {}) =>
    liveFiles({
      mode: 'unattended\n',
      'answers.yaml': '',
      'unattended/pid': '1\n',
      'unattended/log': 'what happened\n',
      ...(code !== null && { 'unattended/code': `${code}\n` }),
      ...more,
    })

  test('the recovery key is on the line until Enter, and warns of the medium', () => {
    finished('0', { 'unattended/recovery-key': 'AAAA-BBBB\n' })
    wizard()
    program('systemctl')
    const { stdout } = run('keystone-console')
    expect(stdout).toContain('what happened\n\nInstalled.\n')
    expect(stdout).toContain('keep it away from this machine:\n\nAAAA-BBBB\n')
    expect(stdout).toMatch(/Remove the medium, .*\n\nPress Enter to restart\. $/)
    // The line is gone: nobody pressed Enter, nothing restarts.
    expect(calls()).toEqual([])
    run('keystone-console', [], '\n')
    expect(calls()).toEqual(['systemctl reboot', ''])
  })

  test('Enter from before the question is no answer to it', async () => {
    finished('0', { 'unattended/recovery-key': 'AAAA-BBBB\n' })
    // It reads the line behind the one that was taken for the answer.
    program('systemctl', `read -r line; echo "$line" >'${folder}/next'; touch '${folder}/restarted'`)
    const terminal = spawnPty(join(units, 'keystone-console'), [], {
      name: 'linux',
      cols: 80,
      rows: 24,
      cwd: folder,
      env: environment(),
      encoding: null,
    })
    terminal.write('\r\r')
    const ended = new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)))
    let said = ''
    await new Promise<void>((resolve) =>
      terminal.onData((data) => {
        said += data
        if (said.includes('Press Enter to restart.')) resolve()
      }),
    )
    expect(said).toContain('AAAA-BBBB')
    terminal.write('the answer\rthe next line\r')
    await fileAppears(join(folder, 'restarted'))
    expect(readFileSync(join(folder, 'next'), 'utf8')).toBe('the next line\n')
    expect(await ended).toBe(0)
  })

  test.each([
    ['2', 'Nothing was erased.'],
    ['3', 'Nothing was installed, and nothing was erased. Why, and what to do, is said above.'],
    ['4', 'The installation failed.'],
    ['130', 'The installation was stopped.'],
    ['70', 'a fault of Keystone'],
  ])('code %s is said in words, then the wizard opens', (code, words) => {
    finished(code)
    wizard()
    const { stdout } = run('keystone-console', [], '\n')
    expect(stdout).toContain(words)
    expect(stdout).toContain(`All of it: ${live}/unattended/log`)
    expect(stdout).toContain(`WIZARD --answers ${live}/answers.yaml\n`)
  })

  test('a medium that was left in a finished machine says so, restarts nothing, and has the wizard behind it', () => {
    liveFiles({ mode: 'unattended\n', 'answers.yaml': '' })
    kernelLine('keystone.reboot')
    program('systemctl')
    program('keystone', 'echo "This machine was installed from the answers already." >&2; exit 3')
    expect(run('keystone-unattended').status).toBe(3)
    wizard()
    const { stdout } = run('keystone-console', [], '\n')
    expect(stdout).toContain(
      [
        'This machine was installed from the answers already.',
        '',
        'Nothing was installed, and nothing was erased. Why, and what to do, is said above.',
        `All of it: ${live}/unattended/log (a shell is on Alt+F2). It does not start again by itself.`,
        '',
        'Press Enter for the wizard.',
      ].join('\n'),
    )
    expect(stdout).toContain(`WIZARD --answers ${live}/answers.yaml\n`)
    expect(calls().filter((call) => call.startsWith('systemctl'))).toEqual([])
  })

  test('an installer that was killed left no code', () => {
    const gone = spawnSync('true').pid
    finished(null, { 'unattended/pid': `${gone}\n` })
    wizard()
    expect(run('keystone-console', [], '\n').stdout).toContain('ended without a word')
  })
})

describe('keystone-ssh', () => {
  const PASSWORD = /\b[a-z2-9]{5}-[a-z2-9]{5}-[a-z2-9]{5}\b/
  beforeEach(() => {
    program('systemctl', '[ "$1 $2" != "cat sshd.service" ]')
    program('chpasswd', `cat >'${folder}/chpasswd-input'; env >>'${folder}/environment'`)
    program('ip', 'echo "2: ens3    inet 192.0.2.7/24 brd 192.0.2.255 scope global ens3"')
    program('ssh-keygen', 'echo "256 SHA256:abc root@keystone-live (ED25519)"')
    writeFileSync(join(folder, 'ssh_host_ed25519_key.pub'), 'ssh-ed25519 AAAA\n')
  })

  test('starts the server with a password of this boot and shows how to get in', () => {
    const { status, stdout, stderr } = run('keystone-ssh')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const password = PASSWORD.exec(stdout)?.[0]
    expect(stdout).toBe(
      [
        'ssh is on until the next restart.',
        '  ssh root@192.0.2.7   (ens3)',
        `  password   ${password}`,
        '  host key   SHA256:abc',
        'There: keystone starts the wizard.',
        '',
      ].join('\n'),
    )
    expect(readFileSync(join(folder, 'chpasswd-input'), 'utf8')).toBe(`root:${password}\n`)
    expect(mode('ssh-password')).toBe(0o600)
    // Debian's name, because there is no sshd.service.
    expect(calls()).toContain('systemctl start ssh.service')
    // Not in an argument list, not in the environment.
    expect(calls().join('\n')).not.toMatch(PASSWORD)
    expect(readFileSync(join(folder, 'environment'), 'utf8')).not.toContain(password)
    // The same one when it is asked again.
    expect(run('keystone-ssh').stdout).toBe(stdout)
  })

  test('every boot has another password', () => {
    const first = PASSWORD.exec(run('keystone-ssh').stdout)?.[0]
    rmSync(live, { recursive: true })
    expect(PASSWORD.exec(run('keystone-ssh').stdout)?.[0]).not.toBe(first)
  })

  test('at boot it prints nothing and leaves the text for the lines, without a network too', () => {
    program('ip')
    expect(run('keystone-ssh', ['--boot'])).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(inLive('ssh-notice')).toMatch(/no network address yet; later: keystone-ssh\n {2}password {3}[a-z2-9-]{17}\n/)
    expect(mode('ssh-notice')).toBe(0o600)
    expect(readFileSync(join(folder, 'issue.d/keystone-ssh.issue'), 'utf8')).toBe(inLive('ssh-notice'))
  })

  test('stop ends the server and takes the password away', () => {
    run('keystone-ssh', ['--boot'])
    expect(run('keystone-ssh', ['stop']).stdout).toBe('ssh is off.\n')
    expect(calls()).toContain('systemctl stop ssh.service')
    expect(readFileSync(join(folder, 'chpasswd-input'), 'utf8')).toBe('root:*\n')
    expect(readdirSync(live)).toEqual([])
    expect(readdirSync(join(folder, 'issue.d'))).toEqual([])
  })

  test.each([
    ['no ssh server', () => program('systemctl', 'exit 1'), [], 'this system has no ssh server'],
    ['a server that does not start', () => program('systemctl', '[ "$1" != start ]'), [], 'did not start'],
    ['a password that is not taken', () => program('chpasswd', 'exit 1'), [], "root's password could not be set"],
    ['a word it does not know', () => {}, ['on'], 'there is no on'],
  ])('%s is said', (_name, breakIt, args, text) => {
    breakIt()
    const { status, stdout, stderr } = run('keystone-ssh', args)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain(text)
  })
})

const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0
test.skipIf(!hasAnalyze)(
  `systemd understands every unit (${hasAnalyze ? 'systemd-analyze is here' : 'skipped: no systemd-analyze here'})`,
  () => {
    const names = readdirSync(units).filter((name) => name.endsWith('.service'))
    expect(names).toHaveLength(4)
    for (const name of names) {
      // Our programs are on no PATH here; /bin/true is.
      const text = readFileSync(join(units, name), 'utf8').replace(/^ExecStart=[\w-]+/m, 'ExecStart=/bin/true')
      writeFileSync(join(folder, name), text)
    }
    const files = names.map((name) => join(folder, name))
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...files], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  },
)

async function fileAppears(path: string): Promise<void> {
  const { watch } = await import('node:fs/promises')
  const aborter = new AbortController()
  const changes = watch(folder, { signal: aborter.signal, recursive: true })[Symbol.asyncIterator]()
  // Watched before it is looked for, so that nothing falls between the two.
  let change = changes.next()
  while (!existsSync(path)) {
    await change
    change = changes.next()
  }
  change.catch(() => {})
  aborter.abort()
}
