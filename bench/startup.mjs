// Start-up: from process start to the wizard's first frame in a PTY, bundled, against bare `node -e 0` in the same run.
// Run it with `npm run build && npm run bench:startup`. Prints medians and their ratio; the goal is at most 3.5.
import { join } from 'node:path'
import pty from 'node-pty'

const RUNS = Number(process.argv[2] ?? 15)
const bundle = join(import.meta.dirname, '../dist/keystone.mjs')
// The first words of the first page; a frame that holds them is a frame a person can read.
const FIRST_FRAME = 'Keystone'

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
const wizard = []
// One of each first, to fill the caches; then in turns, so that noise of the machine meets both.
await measure(['-e', '0'], null)
await measure([bundle, '--dry-run', '--out', '/tmp/keystone-bench'], FIRST_FRAME)
for (let run = 0; run < RUNS; run += 1) {
  bare.push(await measure(['-e', '0'], null))
  wizard.push(await measure([bundle, '--dry-run', '--out', '/tmp/keystone-bench'], FIRST_FRAME))
}
console.log(`node -e 0     ${median(bare).toFixed(0)} ms (median of ${RUNS})`)
console.log(`first frame   ${median(wizard).toFixed(0)} ms`)
console.log(`ratio         ${(median(wizard) / median(bare)).toFixed(2)} (goal: at most 3.5)`)
