import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
// Nothing else is loaded here: `--help` and the wizard's first frame must not wait for what they do not use.
