import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['e2e/**/*.e2e.ts'],
    // Run by hand as yet: the matrix takes hours, and the other has not been seen to end well.
    exclude: process.argv.some((word) => /matrix|secure-boot/.test(word))
      ? []
      : ['e2e/matrix.e2e.ts', 'e2e/secure-boot.e2e.ts'],
    // One guest already fills two cores: virtual machines run one after the other.
    fileParallelism: false,
    maxWorkers: 1,
    pool: 'forks',
    testTimeout: 30 * 60_000,
    hookTimeout: 30 * 60_000,
    teardownTimeout: 60_000,
  },
})
