import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { canaries, needlesOf } from './canaries.ts'
import { thisHost } from './guest.ts'
import { readSamples, startSampler } from './sampler.ts'
import { openSearch } from './search.ts'

const hasPerl = spawnSync('perl', ['-MTime::HiRes', '-e', '1']).status === 0
const list = canaries(null)
const KEY = 'cbdefghi-jklnrtuv-cbdefghi-jklnrtuv-cbdefghi-jklnrtuv-cbdefghi-jklnrtuv'
const canaryOf = (field: string) => list.find((canary) => canary.field === field)?.value ?? ''

test.skipIf(!hasPerl)(
  'sees what real processes have in their arguments and in their environment, and no others',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keystone-sampler-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const search = await openSearch(thisHost, needlesOf(list), join(folder, 'tool'))
    const sampler = await startSampler(thisHost, search)
    await search.learn(needlesOf(canaries(KEY)))
    await sampler.reload()
    const pin = Buffer.from(canaryOf('pin')).toString('base64')
    const careless = spawn('sleep', ['30'], { argv0: `--pin=${pin}` })
    const other = spawn('sleep', ['30'], { env: { PATH: process.env.PATH, TOKEN: canaryOf('joinToken') } })
    const shown = spawn('sleep', ['30'], { argv0: KEY.toUpperCase() })
    const clean = spawn('sleep', ['30'])
    onTestFinished(() => void [careless.kill(), other.kill(), shown.kill(), clean.kill()])
    const own = [careless.pid, other.pid, shown.pid, clean.pid]
    // Its end waits for its own control, which is started after these two: by then they were read.
    const { hits, samples, gapMs } = await sampler.stop()
    expect(
      hits
        .filter(({ pid }) => own.includes(pid))
        .map(({ label, where, pid }) => [label, where, pid])
        .sort(),
    ).toEqual(
      [
        ['joinToken:plain', 'environ', other.pid],
        ['recoveryKey:plain', 'cmdline', shown.pid],
        ['pin:base64 at 0', 'cmdline', careless.pid],
      ].sort(),
    )
    expect(samples).toBeGreaterThan(1)
    expect(gapMs.longest).toBeGreaterThanOrEqual(gapMs.median)
  },
)

test('samples without a control or without an end do not count', () => {
  const seen = 'READY\nHIT\tcontrol\tcmdline\t7\tsleep\nHIT\tcontrol\tenviron\t8\tsleep\nHIT\tpin:hex\tenviron\t9\tsh\n'
  expect(readSamples(`${seen}SAMPLES\t120\t50.1\t51.0\t80.2\t2400\n`, 'control')).toEqual({
    hits: [{ label: 'pin:hex', where: 'environ', pid: 9, name: 'sh' }],
    samples: 120,
    gapMs: { median: 50.1, p95: 51, longest: 80.2 },
    processes: 2400,
  })
  expect(() => readSamples(seen, 'control')).toThrow('did not come to its end')
  expect(() => readSamples('READY\nSAMPLES\t1\t0\t0\t0\t3\n', 'control')).toThrow('what is in cmdline')
})
