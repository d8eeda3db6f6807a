import { defineConfig } from 'vitest/config'
import vm from './vitest.e2e.config.ts'

const { exclude: _, ...test } = vm.test ?? {}

/** The chosen third of `npm run test:faults`: run like the other virtual machines, and a stage of its own. */
export default defineConfig({ ...vm, test: { ...test, include: ['e2e/faults/*.e2e.ts'] } })
