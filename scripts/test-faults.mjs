// Everything that may go wrong with an install, in virtual machines: `npm run test:faults`; e2e/faults/run.ts says what it takes.
import { continueOnNode24, setUp } from './set-up.mjs'

setUp(['lab', 'tests'])
continueOnNode24('e2e/faults/run.ts', process.argv.slice(2))
