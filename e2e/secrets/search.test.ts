import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { checkToken } from '../../src/steps/cluster/join-rules.ts'
import { checkPasswordHash } from '../../src/steps/identity/password-hash.ts'
import { checkWifiPassphrase } from '../../src/steps/network/wifi-rules.ts'
import { CANARY_HASH, CANARY_TOKEN, CANARY_WIFI, canaries, needlesOf } from './canaries.ts'
import { type Guest, putHidden, thisHost } from './guest.ts'
import {
  coreLimitOf,
  searchBundle,
  searchCoreDumps,
  searchDisks,
  searchExportedAnswers,
  searchScreens,
} from './places.ts'
import { openSearch, patternLines, searchBytes } from './search.ts'

const KEY = 'cbdefghi-jklnrtuv-cbdefghi-jklnrtuv-cbdefghi-jklnrtuv-cbdefghi-jklnrtuv'
const list = canaries(KEY)
const needles = needlesOf(list)
const hasPerl = spawnSync('perl', ['-MTime::HiRes', '-e', '1']).status === 0

function folderHere(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keystone-search-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function searchHere() {
  const folder = folderHere()
  const at = join(folder, 'place')
  mkdirSync(at)
  const search = await openSearch(thisHost, needles, join(folder, 'tool'))
  return { at, search, put: (name: string, content: string | Uint8Array) => writeFileSync(join(at, name), content) }
}

test('there is a canary for each of the seven secret fields', () => {
  expect(new Set(list.map(({ field }) => field))).toEqual(
    new Set(['passphrase', 'pin', 'password', 'passwordHash', 'wifiPassphrase', 'joinToken', 'recoveryKey']),
  )
})

test('they are such as the installer takes', () => {
  expect([checkPasswordHash(CANARY_HASH), checkWifiPassphrase(CANARY_WIFI), checkToken(CANARY_TOKEN)]).toEqual([
    null,
    null,
    null,
  ])
})

describe('every canary is found however it is written', () => {
  const wrapped = (value: string) => ({
    plain: `x${value}y`,
    'base64 alone': Buffer.from(value).toString('base64'),
    'base64 behind one byte': Buffer.from(`x${value}yz`).toString('base64'),
    'base64 behind two bytes': Buffer.from(`xy${value}z`).toString('base64'),
    base64url: Buffer.from(`\xff${value}`).toString('base64url'),
    hex: Buffer.from(`x${value}`).toString('hex'),
    HEX: Buffer.from(value).toString('hex').toUpperCase(),
    JSON: JSON.stringify({ secret: value }),
    Nix: `secret = "${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('$', '\\$')}";`,
    shell: `echo '${value.replaceAll("'", "'\\''")}'`,
    URL: `?q=${encodeURIComponent(value)}`,
    'UTF-16': Buffer.from(value, 'utf16le').toString('latin1'),
  })
  test.each(list)('$field', ({ field, value }) => {
    for (const [way, text] of Object.entries(wrapped(value))) {
      const { hits } = searchBytes('text', Buffer.from(`known ${text}`, 'latin1'), needles, 'known')
      expect([way, hits.some(({ label }) => label.startsWith(field))]).toEqual([way, true])
    }
  })
})

test('a search in bytes that cannot find what is surely there throws', () => {
  expect(() => searchScreens(['an empty screen'], needles)).toThrow('Keystone is not in it')
  expect(searchExportedAnswers('version: 2\n', needles).hits).toEqual([])
  expect(
    searchExportedAnswers(`version: 2\npin: '${list[1]?.value}'\n`, needles).hits.map(({ label }) => label),
  ).toEqual(['pin:plain'])
})

test('a bundle is looked at unpacked', () => {
  const bundle = (text: string) => gzipSync(Buffer.from(`plan.json ${text}`))
  expect(searchBundle(bundle('***'), needles).hits).toEqual([])
  expect(searchBundle(bundle(`"password":"${list[2]?.value}"`), needles).hits.map(({ label }) => label)).toEqual([
    'password:plain',
  ])
})

describe.skipIf(!hasPerl)('with perl', () => {
  test('finds them in files, at any depth and at any offset, and says where', async () => {
    const { at, search, put } = await searchHere()
    put('clean', 'nothing')
    mkdirSync(join(at, 'a/b'), { recursive: true })
    put('a/b/c', `xx${list[0]?.value}`)
    // Across the border of two blocks of 4 MiB.
    put('big', Buffer.concat([Buffer.alloc(4 * 2 ** 20 - 3, 'x'), Buffer.from(list[4]?.value ?? '')]))
    const { hits, files } = await search.paths('files', [at], { plantIn: at })
    expect(hits.map(({ label, offset, path }) => [label, offset, path.slice(at.length)])).toEqual([
      ['passphrase:plain', 2, '/a/b/c'],
      ['wifiPassphrase:plain', 4 * 2 ** 20 - 3, '/big'],
    ])
    expect(files).toBe(4)
    expect(readdirSync(at).some((name) => name.startsWith('control'))).toBe(false)
  })

  test('links are not followed, pipes not waited for, and what is not there is passed over', async () => {
    const { at, search, put } = await searchHere()
    put('only', 'clean')
    symlinkSync('/', join(at, 'everything'))
    spawnSync('mkfifo', [join(at, 'pipe')])
    expect(await search.paths('files', [at, join(at, 'gone')], { plantIn: at })).toMatchObject({ files: 2, hits: [] })
  })

  test('a search that cannot find its control throws', async () => {
    const { at, search, put } = await searchHere()
    put('log', 'something else')
    await expect(search.paths('log', [at], { known: '$ lsblk' })).rejects.toThrow('its control was not found')
    await expect(search.output('journal', 'echo nothing', { plantBy: () => 'true' })).rejects.toThrow('control')
  })

  test('what a command prints is searched as it comes, and a command that fails is no search', async () => {
    const { search, put, at } = await searchHere()
    put('lines', `a\n${list[5]?.value}\n`)
    const searched = await search.output('journal', `cat ${at}/lines ${search.control.file}`, { plantBy: () => 'true' })
    expect(searched.hits).toEqual([{ label: 'joinToken:plain', offset: 2, path: '-' }])
    await expect(
      search.output('journal', `cat ${search.control.file}; false`, { plantBy: () => 'true' }),
    ).rejects.toThrow('ended with 1')
  })

  test('raw disks: found between zeros, far inside, and clean ones must at least have a partition table', async () => {
    const { at, search, put } = await searchHere()
    put('a', Buffer.concat([Buffer.alloc(512), Buffer.from('EFI PART')]))
    truncateSync(join(at, 'a'), 64 * 2 ** 20)
    put('b', Buffer.concat([Buffer.alloc(512), Buffer.from('EFI PART'), Buffer.alloc(9 * 2 ** 20), Buffer.from(KEY)]))
    const found = await searchDisks(search, [join(at, 'a'), join(at, 'b')])
    expect(found.map(({ bytes, hits }) => [bytes, hits.map(({ label }) => label)])).toEqual([
      [64 * 2 ** 20, []],
      [520 + 9 * 2 ** 20 + KEY.length, ['recoveryKey:plain']],
    ])
    put('blank', Buffer.alloc(4096))
    await expect(searchDisks(search, [join(at, 'blank')])).rejects.toThrow('its control was not found')
  })

  test('core files are found by their names, and the limit of a process is read', async () => {
    const { at, search, put } = await searchHere()
    put('core', `ELF ${list[3]?.value}`)
    put('score', list[0]?.value ?? '')
    const { hits } = await searchCoreDumps(search, thisHost, at)
    expect(hits.map(({ label, path }) => [label, path])).toEqual([['passwordHash:plain', join(at, 'core')]])
    expect(readdirSync(at).sort()).toEqual(['core', 'score'])
    expect(await coreLimitOf(thisHost, process.pid)).toHaveLength(2)
  })

  test('a file with secrets reaches a guest whole, and on its way none is in what the guest is told', async () => {
    const folder = folderHere()
    const told: string[] = []
    const spy: Guest = {
      exec: (command, options) => {
        told.push(command)
        return thisHost.exec(command, options)
      },
      putFile: (path, content, mode) => {
        told.push(Buffer.from(content).toString('base64'))
        return thisHost.putFile(path, content, mode)
      },
    }
    await putHidden(spy, join(folder, 'answers'), patternLines(needles))
    expect((await thisHost.exec(`cat ${folder}/answers`)).stdout).toBe(patternLines(needles))
    expect((await thisHost.exec(`stat -c %a ${folder}/answers`)).stdout).toBe('600\n')
    expect(searchBytes('told', Buffer.from(`known ${told.join('\n')}`), needles, 'known').hits).toEqual([])
  })
})
