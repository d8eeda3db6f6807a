// Run under a pseudo terminal by harness.e2e.ts: a saved machine in this very terminal, over a reboot, until Ctrl-].
import { join } from 'node:path'
import { buildImage } from '../lab/build-image.ts'
import { attachTerminal } from './attach.ts'
import { removeRunDir } from './evidence.ts'
import { readyInstaller } from './installer-ready.ts'
import { startMachine } from './start-machine.ts'

const image = await buildImage()
const bundleDir = join(import.meta.dirname, 'test-bundle')
const isReady = () => Promise.reject(new Error('harness.e2e.ts should have saved this machine before'))
const machine = await startMachine({
  image,
  from: await readyInstaller({ image, bundleDir, name: 'first-screen', isReady }),
})
const terminal = attachTerminal(machine)
for (;;) {
  const next = await Promise.race([terminal.ended, machine.waitForExit({ timeoutMs: 600_000 })])
  if (next !== 'guest-reset') break
  terminal.say('the machine restarts from its disks')
  await machine.powerOn({ boot: 'disks' })
}
terminal.detach()
await machine.dispose()
await removeRunDir(machine)
console.log('detached')
