// Stands in for the installer in the harness's own tests: shows its terminal and the keys it gets.
import { execFileSync } from 'node:child_process'
import { stdin, stdout } from 'node:process'

const keys = []
let size = `${stdout.columns}x${stdout.rows}`
const draw = () =>
  stdout.write(
    `\x1b[2J\x1b[HTest wizard on ${process.env.KEYSTONE_LINE} ${size}\r\nkeys ${keys.length}: ${keys.slice(-8).join(' ')}\r\n`,
  )

stdin.setRawMode(true)
// One read may bring several keys, or a part of one: on a serial line under load both happen.
const KEY = /\x1b\[[\d;]*[A-Za-z~]|\x1b[^[]|[^\x1b]/g
let rest = ''
stdin.on('data', (data) => {
  const found = (rest + data).match(KEY) ?? []
  rest = (rest + data).slice(found.join('').length)
  for (const key of found) {
    if (key === 'q') process.exit(7)
    if (key === 'R') execFileSync('systemctl', ['reboot'])
    keys.push(JSON.stringify(key))
  }
  draw()
})
stdout.on('resize', () => {
  size = `${stdout.columns}x${stdout.rows}`
  draw()
})
draw()
