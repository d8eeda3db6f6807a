// Everything `npm run try` and `npm test` need on a fresh Debian or Ubuntu machine. Runs before anything is installed, so
// it must work on Node 20 with nothing but Node's own modules.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export const ROOT = new URL('..', import.meta.url).pathname
export const NODE = join(ROOT, 'node_modules/.bin/node')

/** What the VM lab needs on the host: a program or file that shows it is there, the package, and why. */
const LAB_PACKAGES = [
  { shows: 'qemu-system-x86_64', package: 'qemu-system-x86', why: 'runs the virtual machine' },
  { shows: 'qemu-img', package: 'qemu-utils', why: "makes the virtual machine's disks" },
  { shows: '/usr/share/OVMF/OVMF_CODE_4M.fd', package: 'ovmf', why: 'UEFI firmware for the virtual machine' },
  { shows: 'swtpm', package: 'swtpm', why: 'a TPM2 for the virtual machine' },
  { shows: 'mmdebstrap', package: 'mmdebstrap', why: 'builds the lab system' },
  {
    shows: '/usr/share/keyrings/debian-archive-keyring.gpg',
    package: 'debian-archive-keyring',
    why: "checks Debian's signatures",
  },
  { shows: 'mke2fs', package: 'e2fsprogs', why: 'makes the lab image' },
  { shows: 'mkfs.vfat', package: 'dosfstools', why: "makes the lab image's ESP" },
  { shows: 'mcopy', package: 'mtools', why: "fills the lab image's ESP" },
  { shows: 'sgdisk', package: 'gdisk', why: 'partitions the lab image' },
  { shows: 'cpio', package: 'cpio', why: "packs the lab's initramfs" },
  { shows: 'xz', package: 'xz-utils', why: 'packs kernel modules of the lab image' },
  { shows: 'zstd', package: 'zstd', why: 'compresses the lab image' },
  { shows: 'xorriso', package: 'xorriso', why: 'makes the lab ISO' },
  { shows: 'mksquashfs', package: 'squashfs-tools', why: 'packs the system of the lab ISO' },
  { shows: 'setpriv', package: 'util-linux', why: 'ends the virtual machine with its parent' },
]

/** Without root the image is built in a user namespace of one's own, which needs the owner maps of this package. */
const ROOTLESS_PACKAGES = [{ shows: 'newuidmap', package: 'uidmap', why: 'builds the lab system without root' }]

const TEST_PACKAGES = [
  { shows: 'git', package: 'git', why: 'the configuration is a git repository, and is tested as one' },
  { shows: 'xorriso', package: 'xorriso', why: 'puts answers onto an ISO, and is tested with one' },
  { shows: 'nix-instantiate', package: 'nix-bin', why: 'evaluates the rendered configuration' },
  { shows: 'jq', package: 'jq', why: 'the phase scripts use it, and are tested here' },
]

/** Installs what is missing. `needs` lists what this run is for; nothing is installed that it does not use. */
export function setUp(needs = []) {
  checkNode()
  installNodeModules()
  const wanted = [
    ...(needs.includes('lab') ? LAB_PACKAGES : []),
    ...(needs.includes('lab') && process.getuid?.() !== 0 ? ROOTLESS_PACKAGES : []),
    ...(needs.includes('tests') ? TEST_PACKAGES : []),
  ]
  installPackages(wanted.filter((entry) => !isHere(entry.shows)))
}

/** Runs a script on the project's own Node 24, whatever Node started us; ends this process with its exit code. */
export function continueOnNode24(script, args) {
  const result = spawnSync(NODE, ['--disable-warning=ExperimentalWarning', join(ROOT, script), ...args], {
    stdio: 'inherit',
    cwd: ROOT,
  })
  process.exitCode = result.status ?? 1
}

function checkNode() {
  const major = Number(process.versions.node.split('.')[0])
  if (major < 20) fail(`Node 20 or newer is needed, this is ${process.versions.node}.`)
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    fail(`Linux on x86_64 is needed, this is ${process.platform} on ${process.arch}.`)
  }
}

function installNodeModules() {
  const stamp = join(ROOT, 'node_modules/.package-lock.json')
  const lock = join(ROOT, 'package-lock.json')
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(lock).mtimeMs && runsNode24()) return
  say('Installing the JavaScript packages of package-lock.json with npm ci (about a minute) …')
  // Under Node 20 npm warns about each package that needs 22; ours run on the Node 24 among them.
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  if (!runsNode24()) {
    fail(
      'npm installed the packages, but not the Node 24 among them (package "node").',
      'Its install script did not run: check that npm is not set to ignore-scripts, then try again.',
    )
  }
}

function runsNode24() {
  const result = spawnSync(NODE, ['--version'], { encoding: 'utf8' })
  return result.status === 0 && Number(result.stdout.slice(1).split('.')[0]) >= 24
}

function installPackages(missing) {
  if (missing.length === 0) return
  say('These Debian packages are missing:')
  for (const entry of missing) say(`  ${entry.package.padEnd(24)} ${entry.why}`)
  const names = missing.map((entry) => entry.package)
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...names]
  const prefix = rootPrefix()
  if (!isHere('apt-get')) fail('They cannot be installed for you: this is not a Debian or Ubuntu machine (no apt-get).')
  if (prefix === null) {
    fail(
      'Installing them needs root. Run this, then start again:',
      `  sudo apt-get update && sudo ${install.join(' ')}`,
    )
  }
  say(`Installing them with apt-get${prefix.length > 0 ? ' through sudo' : ''} …`)
  run(...split([...prefix, 'apt-get', 'update', '-q']))
  run(...split([...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', ...install, '-q']))
  const still = missing.filter((entry) => !isHere(entry.shows))
  if (still.length > 0) fail(`apt-get ended well, but this is still missing: ${still.map((e) => e.shows).join(', ')}`)
}

function rootPrefix() {
  if (process.getuid?.() === 0) return []
  if (!isHere('sudo')) return null
  // With a terminal sudo may ask for the password; without one it must work at once.
  const canSudo = process.stdin.isTTY || spawnSync('sudo', ['-n', 'true']).status === 0
  return canSudo ? ['sudo'] : null
}

function isHere(shows) {
  // sgdisk and its like are in sbin, which a person's PATH often lacks.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin']
  const places = shows.startsWith('/') ? [shows] : folders.map((folder) => join(folder, shows))
  return places.some((place) => {
    try {
      accessSync(place, constants.R_OK)
      return true
    } catch {
      return false
    }
  })
}

function split([program, ...args]) {
  return [program, args]
}

function run(program, args) {
  const result = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'], cwd: ROOT })
  if (result.error) fail(`cannot run ${program}: ${result.error.message}`)
  if (result.status !== 0) fail(`This failed (exit code ${result.status}): ${program} ${args.join(' ')}`)
}

export function say(line) {
  process.stderr.write(`${line}\n`)
}

function fail(...lines) {
  for (const line of lines) say(line)
  process.exit(1)
}

/** The version of package.json, for --version and the bundle. */
export function version() {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version
}

/** ISO 8601, UTC: SOURCE_DATE_EPOCH, else the time of the last commit, so that the same commit gives the same bundle. Null
 *  where neither is known; then the installer does not judge the machine's clock. */
export function builtAt() {
  const { stdout } = spawnSync('git', ['-C', ROOT, 'log', '-1', '--format=%ct'], { encoding: 'utf8' })
  const seconds = process.env.SOURCE_DATE_EPOCH ?? stdout?.trim()
  return /^\d{1,11}$/.test(seconds ?? '') ? new Date(Number(seconds) * 1000).toISOString() : null
}
