import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['src/**/*.test.{ts,tsx}', 'e2e/**/*.test.ts', 'scripts/**/*.test.ts'],
    pool: 'threads',
    // Some evaluate NixOS or run a shell: seconds on a slow or busy machine, where the default of five would be a false alarm.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
