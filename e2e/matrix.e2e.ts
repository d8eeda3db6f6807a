import { expect, test } from 'vitest'
import { withLab } from './install/disk-machine.ts'
import { CHOSEN, findScenarios } from './matrix/scenarios.ts'
import { tryScenario } from './matrix/try-scenario.ts'

// A few of the pairs that `npm run test:vm -- --all` tries.
test.each(findScenarios(CHOSEN))(
  '$id installs as planned, boots twice, and without each disk it can do without',
  async (scenario) => {
    await withLab(async (lab) => {
      expect((await tryScenario(lab, scenario, console.log)).problems).toEqual([])
    })
  },
)
