import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildImage, type LabImage } from '../lab/build-image.ts'
import { readyInstaller } from './installer-ready.ts'
import type { Machine } from './machine.ts'
import { startPty } from './pty-lane.ts'
import { places } from './qemu-args.ts'
import { startMachine } from './start-machine.ts'
import { withMachine } from './with-machine.ts'

const minute = 60_000
const bundleDir = join(import.meta.dirname, 'test-bundle')
let image: LabImage

beforeAll(async () => {
  image = await buildImage({
    onProgress: ({ text, elapsedSeconds }) => console.log(`[image ${elapsedSeconds} s] ${text}`),
  })
}, 20 * minute)

const firstScreen = async (machine: Machine) => {
  await machine.tty.waitForText(/Test wizard on ttyS0 80x24/, { timeoutMs: 2 * minute })
}
const ready = () => readyInstaller({ image, bundleDir, name: 'first-screen', isReady: firstScreen, say: console.log })

test('a cold machine has UEFI, a TPM2, both disks by id, the wizard on its serial line and the stand-ins', {
  timeout: 10 * minute,
}, async () => {
  await withMachine('cold-boot', { image, bundleDir, say: console.log }, async ({ agent, tty }) => {
    await agent.waitReady({ timeoutMs: 5 * minute })
    const { blockdevices } = JSON.parse(await agent.succeed('lsblk -J -b -o NAME,SERIAL,SIZE,TYPE')) as {
      blockdevices: { serial: string; size: number; type: string }[]
    }
    const targets = blockdevices.filter(({ serial }) => /^keystone-[ab]$/.test(serial))
    expect(targets.map(({ serial, size }) => [serial, size])).toEqual([
      ['keystone-a', 8 * 2 ** 30],
      ['keystone-b', 8 * 2 ** 30],
    ])
    await agent.succeed('test -c /dev/tpmrm0 && test -d /sys/firmware/efi/efivars && tpm2_pcrread sha256:7')
    expect(await agent.succeed('disko --mode test')).toBe('stand-in for disko: --mode test')
    expect(await agent.succeed('nix-instantiate --eval --strict -E "1 + 1"')).toBe('2')
    expect(await agent.succeed('systemctl is-system-running --wait', { timeoutMs: 5 * minute })).toBe('running')
    await tty.waitForText('Test wizard on ttyS0 80x24', { timeoutMs: 5 * minute })
  })
})

test('a boot that the emulator spoilt starts again by itself', { timeout: 10 * minute }, async () => {
  await withMachine('emulator-slip', { image, say: console.log }, async (machine) => {
    const { slipLog } = places(machine.runDir)
    // What a slip leaves: its line, and a guest that was reset before it answered anything. Asked again, because a
    // question may be lost while the guest starts.
    const slip = "echo '[ 1.6] Oops: int3: 0000 [#1] by the test' >/dev/ttyS0; echo b >/proc/sysrq-trigger"
    let hasBegunAgain = false
    machine.lane.onBegin(() => {
      hasBegunAgain = true
    })
    const ask = async () => {
      if (machine.isOn && !hasBegunAgain) await machine.agent.exec(slip, { timeoutMs: 15_000 }).catch(() => {})
      return hasBegunAgain
    }
    await expect.poll(ask, { timeout: 5 * minute, interval: 500 }).toBe(true)
    expect(await readFile(slipLog, 'utf8')).toContain('by the test')
    await machine.waitReady({ timeoutMs: 5 * minute })
    expect(await machine.agent.succeed('cat /proc/sys/kernel/panic_on_oops')).toBe('1')
  })
})

describe('a restored machine', () => {
  test('goes on at the screen it was saved at, and takes keys and a new size', { timeout: 10 * minute }, async () => {
    await withMachine('restored-keys', { image, from: await ready() }, async ({ tty, agent }) => {
      expect(tty.snapshotText()).toContain('Test wizard on ttyS0 80x24')
      await tty.press('Down', 'Up', 'Left', 'Enter')
      await tty.waitForText(String.raw`keys 4: "\u001b[B" "\u001b[A" "\u001b[D" "\r"`)
      await tty.resize(100, 30)
      await tty.waitForText('100x30')
      const skewSeconds = Math.abs(Number(await agent.succeed('date +%s')) - Date.now() / 1000)
      expect(skewSeconds).toBeLessThan(5)
    })
  })

  test('keeps what was flushed over a power cut, and a new TPM does not open what the old one sealed', {
    timeout: 15 * minute,
  }, async () => {
    const sealed = '/dev/disk/by-id/virtio-keystone-a'
    await withMachine('restored-power-cut', { image, from: await ready() }, async (machine) => {
      const { agent } = machine
      await agent.succeed(
        `printf pw >/run/pw && cryptsetup luksFormat -q --pbkdf pbkdf2 ${sealed} /run/pw &&
         systemd-cryptenroll --unlock-key-file=/run/pw --tpm2-device=auto --tpm2-pcrs=7 ${sealed} && sync`,
        { timeoutMs: 5 * minute },
      )
      const unlock = `systemd-cryptsetup attach vault ${sealed} - tpm2-device=auto,headless=true`
      await agent.succeed(`${unlock} && systemd-cryptsetup detach vault`, { timeoutMs: 5 * minute })
      await agent.succeed(
        `modprobe zfs && zpool create -O mountpoint=/tank tank /dev/disk/by-id/virtio-keystone-b &&
         echo kept >/tank/file && zpool sync tank`,
        { timeoutMs: 5 * minute },
      )
      await machine.powerCut()
      await machine.clearTpm()
      await machine.powerOn()
      await machine.waitReady()
      await agent.succeed('modprobe zfs && udevadm settle && zpool import -f -d /dev/disk/by-id tank', {
        timeoutMs: 5 * minute,
      })
      expect(await agent.succeed('cat /tank/file')).toBe('kept')
      const refused = await agent.exec(unlock, { timeoutMs: 5 * minute })
      expect(refused.code).not.toBe(0)
    })
  })

  test('loses a disk that is pulled while it is written', { timeout: 10 * minute }, async () => {
    await withMachine('restored-pull', { image, from: await ready() }, async (machine) => {
      const { agent } = machine
      const write = agent.exec('dd if=/dev/zero of=/dev/disk/by-id/virtio-keystone-b bs=1M oflag=direct', {
        timeoutMs: 5 * minute,
      })
      await agent.succeed('until pgrep -x dd; do sleep 0.1; done')
      await machine.pullDisk('keystone-b')
      expect((await write).code).toBe(1)
      const left = await agent.succeed('udevadm settle; lsblk -dn -o SERIAL')
      expect(left.split('\n')).not.toContain('keystone-b')
    })
  })

  test('reboots into the target disks with the installer unplugged', { timeout: 10 * minute }, async () => {
    await withMachine('restored-reboot', { image, from: await ready() }, async (machine) => {
      await machine.tty.press('R')
      await machine.reboot({ boot: 'disks', without: ['keystone-b'] })
      // Nothing is installed: the firmware's shell is what comes.
      await machine.tty.waitForText('Shell>', { timeoutMs: 5 * minute })
      expect(machine.tty.snapshotText()).toMatch(/BLK0/)
      expect(machine.tty.snapshotText()).not.toMatch(/BLK1/)
    })
  })
})

test('when the wizard ends, it says so and comes back with Enter', { timeout: 10 * minute }, async () => {
  const machine = await startMachine({ image, from: await ready() })
  try {
    await machine.tty.press('q')
    await machine.tty.waitForText('Keystone has ended with code 7. Press Enter to start it again.')
    await machine.tty.press('Enter')
    await machine.tty.waitForText('keys 0:', { timeoutMs: 2 * minute })
  } finally {
    await machine.dispose()
  }
})

test("a person's own terminal goes on the serial line, over a reboot, until Ctrl-]", {
  timeout: 10 * minute,
}, async () => {
  await ready()
  const program = join(import.meta.dirname, 'attach-program.ts')
  const { tty, exit, dispose } = startPty([process.execPath, program], { cols: 110, rows: 33 })
  try {
    await tty.waitForText('Test wizard on ttyS0 110x33', { timeoutMs: 2 * minute })
    await tty.press('Down')
    await tty.waitForText(String.raw`keys 1: "\u001b[B"`)
    await tty.resize(90, 28)
    await tty.waitForText('90x28')
    await tty.press('R')
    await tty.waitForText('the machine restarts from its disks', { timeoutMs: 2 * minute })
    await tty.waitForText('Shell>', { timeoutMs: 5 * minute })
    await tty.press('Ctrl-]')
    await tty.waitForText('detached')
    expect(await exit).toEqual({ code: 0, signal: 0 })
  } finally {
    dispose()
  }
})
