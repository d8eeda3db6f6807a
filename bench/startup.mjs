// Start-up: from process start to the wizard's first frame in a PTY, bundled, against bare `node -e 0` in the same run.
// Run it with `npm run build && npm run bench:startup`. Prints medians and their ratio; the goal is at most 3.5.
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pty from 'node-pty'

const RUNS = Number(process.argv[2] ?? 15)
const wizard = [
  join(import.meta.dirname, '../dist/keystone.mjs'),
  '--dry-run',
  '--out',
  join(tmpdir(), 'keystone-bench'),
]
// The first frame is drawn before React is loaded; the page itself, ready for keys, draws over it.
const FIRST_FRAME = 'Keystone'
const FIRST_PAGE = 'Step 1 of'

/** Milliseconds until the process has printed `text`, or until it has ended when no text is given. */
function measure(args, text) {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    const child = pty.spawn(process.execPath, args, { cols: 80, rows: 24, name: 'xterm-256color' })
    let output = ''
    let elapsed = null
    child.onData((data) => {
      output += data
      if (elapsed === null && text !== null && output.includes(text)) {
        elapsed = performance.now() - startedAt
        child.kill('SIGKILL')
      }
    })
    child.onExit(() => {
      if (text === null) resolve(performance.now() - startedAt)
      else if (elapsed === null) reject(new Error(`ended without a first frame:\n${output}`))
      else resolve(elapsed)
    })
  })
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

const bare = []
const frame = []
const page = []
// One of each first, to fill the caches; then in turns, so that noise of the machine meets both.
await measure(['-e', '0'], null)
await measure(wizard, FIRST_PAGE)
for (let run = 0; run < RUNS; run += 1) {
  bare.push(await measure(['-e', '0'], null))
  frame.push(await measure(wizard, FIRST_FRAME))
  page.push(await measure(wizard, FIRST_PAGE))
}
const ratio = (values) => (median(values) / median(bare)).toFixed(2)
console.log(`node -e 0     ${median(bare).toFixed(0)} ms (median of ${RUNS})`)
console.log(`first frame   ${median(frame).toFixed(0)} ms, ratio ${ratio(frame)} (goal: at most 3.5)`)
console.log(`first page    ${median(page).toFixed(0)} ms, ratio ${ratio(page)}`)
