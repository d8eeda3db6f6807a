import { expect, test } from 'vitest'
import { followInstallStages } from './install-stages.ts'

test('knows where nixos-install was when it failed', () => {
  const stages = followInstallStages()
  expect(stages.stage()).toBeNull()
  expect(stages.read('building the system configuration...')).toEqual({ fraction: 0.1, name: 'copying the system' })
  expect(stages.read('copying 3 paths...')).toBeNull()
  expect(stages.read('installing the boot loader...')).toEqual({ fraction: 0.6, name: 'installing the boot loader' })
  expect(stages.read('Failed to open variables')).toBeNull()
  expect(stages.stage()).toBe('installing the boot loader')
})
