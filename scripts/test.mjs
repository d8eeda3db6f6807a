import { continueOnNode24, setUp } from './set-up.mjs'

setUp(['lab', 'tests'])
continueOnNode24('scripts/run-tests.mjs', process.argv.slice(2))
