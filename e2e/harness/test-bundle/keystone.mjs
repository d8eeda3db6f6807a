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
stdin.on('data', (data) => {
  const key = String(data)
  if (key === 'q') process.exit(7)
  if (key === 'R') execFileSync('systemctl', ['reboot'])
  keys.push(JSON.stringify(key))
  draw()
})
stdout.on('resize', () => {
  size = `${stdout.columns}x${stdout.rows}`
  draw()
})
draw()
