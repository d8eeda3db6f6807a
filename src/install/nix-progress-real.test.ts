import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRealNix, hasNixBuild, NIX_BUILD_REASON, type NixRun } from '../testing/real-nix.ts'
import { createNixProgressReader, type NixProgress } from './nix-progress.ts'

/** Feeds a stream to the reader, as the build task does: the log, each state on the way, and the largest counts. */
function read({ lines }: NixRun) {
  const reader = createNixProgressReader()
  const log: string[] = []
  const states: NixProgress[] = []
  for (const line of lines) {
    log.push(...reader.read(line).log)
    states.push(reader.current())
  }
  const most = (count: (state: NixProgress) => number) => Math.max(...states.map(count))
  const fractions = states.map(({ fraction }) => fraction)
  expect(fractions).toEqual(fractions.toSorted((a, b) => a - b))
  return { log: log.map((line) => line.replace(/[a-z0-9]{32}-/g, '')), states, most }
}

describe.skipIf(!hasNixBuild)(`streams of the real nix (${NIX_BUILD_REASON})`, { timeout: 30_000 }, () => {
  let nix: ReturnType<typeof createRealNix>
  let store = ''
  beforeAll(() => {
    nix = createRealNix()
    store = nix.storeDirectory
  })
  afterAll(() => nix.remove())
  const offline = ['--option', 'substituters', '']

  // One test, because each step needs what the one before left in the store or in the cache.
  test('builds, copies to a cache, fetches from it by file and by http', async () => {
    const built = await nix.run('build', '--no-link', ...offline, '-f', 'tree.nix', 'three')
    const building = read(built)
    expect(built.exitCode).toBe(0)
    expect(building.log).toEqual([
      `building '${store}/one.drv'`,
      'one> line from one',
      `building '${store}/two.drv'`,
      'two: buildPhase',
      'two> 100%',
      `building '${store}/three.drv'`,
    ])
    expect(building.states.at(-1)?.builds).toEqual({ done: 3, expected: 3 })

    const copied = await nix.run('copy', '--to', `file://${nix.cache}`, '-f', 'tree.nix', 'three')
    expect(copied.exitCode).toBe(0)
    const [first, ...paths] = read(copied).log
    expect(first).toBe('copying 3 paths')
    // In the order of their hashes, and those follow from the temporary folder.
    expect(paths.toSorted()).toEqual([
      `copying path '${store}/one' to 'file://${nix.cache}'`,
      `copying path '${store}/three' to 'file://${nix.cache}'`,
      `copying path '${store}/two' to 'file://${nix.cache}'`,
    ])

    nix.forget()
    const url = `file://${nix.cache}`
    const fromDisk = await nix.run('build', '--no-link', '--option', 'substituters', url, '-f', 'tree.nix', 'three')
    const fetching = read(fromDisk)
    expect(fromDisk.exitCode).toBe(0)
    expect(fetching.states.at(-1)).toMatchObject({ paths: { done: 3, expected: 3 }, builds: { done: 0, expected: 0 } })
    // The archive of `two` is 300,112 bytes; the others are too small for a record of their own.
    expect(fetching.most(({ copied }) => copied.expected)).toBeGreaterThan(300_112)
    expect(fetching.states.filter(({ copied }) => copied.done > 0 && copied.done < 300_112).length).toBeGreaterThan(10)
    // Announced, but from a disk nothing is downloaded.
    expect(fetching.most(({ fetched }) => fetched.expected)).toBeGreaterThan(0)
    expect(fetching.most(({ fetched }) => fetched.done)).toBe(0)

    nix.forget()
    await nix.serveCache(async (http) => {
      const fromNetwork = await nix.run(
        'build',
        '--no-link',
        '--option',
        'substituters',
        http,
        '-f',
        'tree.nix',
        'four',
      )
      const { states, most, log } = read(fromNetwork)
      expect(fromNetwork.exitCode).toBe(0)
      expect(states.at(-1)).toMatchObject({ paths: { done: 3, expected: 3 }, builds: { done: 1, expected: 1 } })
      expect(most(({ fetched }) => fetched.done)).toBeGreaterThan(0)
      expect(log).toContain('four> done')
    })
  })

  test('a build that fails says so in the log; that it failed says the exit code', async () => {
    const failed = await nix.run('build', '--no-link', ...offline, '-f', 'tree.nix', 'needsBad')
    expect(failed.exitCode).toBe(1)
    const { log, states } = read(failed)
    expect(log).toContain('bad> this breaks')
    expect(log.filter((line) => line.startsWith('error: '))).toEqual([
      `error: builder for '${store}/bad.drv' failed with exit code 3`,
      `error: 1 dependencies of derivation '${store}/needs-bad.drv' failed to build`,
    ])
    expect(states.at(-1)?.fraction).toBe(0)
  })

  test('an expression that is wrong is an error in the log, line by line', async () => {
    const wrong = await nix.run('build', '--no-link', ...offline, '--expr', 'throw "first\\n\\nsecond"')
    expect(wrong.exitCode).toBe(1)
    const { log } = read(wrong)
    expect(log.join('\n')).toContain('error: first')
    expect(log.every((line) => !/\p{Cc}/u.test(line) && line.trim() !== '')).toBe(true)
  })
})
