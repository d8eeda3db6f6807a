// Layouts × ways to unlock in virtual machines: `npm run test:vm -- --all`; e2e/matrix/run.ts says what else it takes.
import { continueOnNode24, setUp } from './set-up.mjs'

setUp(['lab', 'tests'])
continueOnNode24('e2e/matrix/run.ts', process.argv.slice(2))
