// npm run try: the whole way in a virtual machine. npm run try -- --here: the wizard on this machine, as a dry run.
import { continueOnNode24, setUp } from './set-up.mjs'

const args = process.argv.slice(2)
const isHere = args.includes('--here')
setUp(isHere ? [] : ['lab'])
continueOnNode24(isHere ? 'scripts/try-here.mjs' : 'e2e/try/try.ts', args)
