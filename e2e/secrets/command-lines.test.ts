import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { planFromFile } from '../../src/answers/plan-from-file.ts'
import { secretsOf } from '../../src/credentials/install-secrets.ts'
import { makeRecoveryKey } from '../../src/credentials/recovery-key.ts'
import type { InstallEvent } from '../../src/model/event.ts'
import type { InstallSecrets } from '../../src/model/install-secrets.ts'
import { dryRunOfCase, goodCaseNames, templatesOfTree } from '../../src/testing/good-cases.ts'
import { hardware } from '../../src/testing/machine.ts'
import { type Canary, needlesOf } from './canaries.ts'
import { searchBytes } from './search.ts'

const CASES = new URL('../../src/testing/cases/', import.meta.url)
const templates = await templatesOfTree()

/** The secrets of a case as canaries, and the recovery key that its dry run makes. */
async function canariesOf(name: string): Promise<readonly Canary[]> {
  const read = (file: string) => readFileSync(new URL(`${name}/${file}`, CASES), 'utf8')
  const machine = hardware(read('machine.txt').trim())
  const result = await planFromFile(read('answers.yaml'), 'answers.yaml', machine, { readSecretFile: async () => null })
  if ('problems' in result) throw new Error(`${name} is no good case`)
  const key = makeRecoveryKey((bytes) => new Uint8Array(bytes))
  return Object.entries(secretsOf(result.answers, key)).flatMap(([field, secret]) =>
    secret === null ? [] : [{ field: field as keyof InstallSecrets, value: secret.reveal() }],
  )
}

// The sampler sees what runs while it looks; this sees every command of every case, and everything that is written or told.
describe('no secret is in an argument, a rendered file, an event or a text that is not secret', () => {
  test.each(goodCaseNames())('%s', async (name) => {
    const canaries = await canariesOf(name)
    const events: InstallEvent[] = []
    const { changes } = await dryRunOfCase(name, { onEvent: (event) => events.push(event) }, templates)
    const all = Buffer.from(JSON.stringify({ changes, events }))
    expect(canaries.length).toBeGreaterThan(0)
    expect(searchBytes(name, all, needlesOf(canaries), 'Partition and format the disks').hits).toEqual([])
    // The same search finds one of them, were it there.
    const leak = Buffer.concat([all, Buffer.from(JSON.stringify(canaries))])
    expect(searchBytes(name, leak, needlesOf(canaries), 'Partition and format').hits.length).toBeGreaterThanOrEqual(
      canaries.length,
    )
  })
})
