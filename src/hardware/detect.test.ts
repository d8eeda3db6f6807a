import { expect, test } from 'vitest'
import { machineNames, machineSystem } from '../testing/machine.ts'
import { detectHardware } from './detect.ts'

// A new folder below testing/machines is a new test. After a wanted change: vitest -u, and read the difference.
test.each(machineNames())('detects the recorded machine %s as its hardware.json says', async (name) => {
  const found = `${JSON.stringify(await detectHardware(machineSystem(name)), null, 2)}\n`
  await expect(found).toMatchFileSnapshot(`../testing/machines/${name}/hardware.json`)
})
