import { basename } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { machinesAtOnce } from '../e2e/harness/side-by-side.ts'

const machines = machinesAtOnce()

/** The longest first, so that no long one is left to run alone at the end. */
const LONGEST_FIRST = [
  ...['secure-boot', 'matrix', 'single-zfs', 'iso', 'harness', 'single-ext4', 'terminals'],
  ...['faults', 'cuts', 'kills', 'dirty'],
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification) => {
      const place = LONGEST_FIRST.indexOf(basename(moduleId, '.e2e.ts'))
      return place < 0 ? LONGEST_FIRST.length : place
    }
    return [...files].sort((a, b) => placeOf(a) - placeOf(b) || a.moduleId.localeCompare(b.moduleId))
  }
}

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['e2e/**/*.e2e.ts'],
    // A stage of their own: scripts/vitest.faults.config.ts.
    exclude: ['e2e/faults/**', '**/node_modules/**'],
    fileParallelism: machines > 1,
    maxWorkers: machines,
    sequence: { sequencer: LongestFirst },
    pool: 'forks',
    testTimeout: 30 * 60_000,
    hookTimeout: 30 * 60_000,
    teardownTimeout: 60_000,
  },
})
