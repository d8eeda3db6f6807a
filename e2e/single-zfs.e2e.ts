import { expect, test } from 'vitest'
import type { Machine } from './harness/machine.ts'
import { answersYaml, HOST_NAME, SSH_KEY, typedAnswers, USER_NAME } from './install/answers.ts'
import {
  CANARY_PASSPHRASE,
  CANARY_PASSWORD,
  filesWithCanary,
  hostFilesWithCanary,
  sampledLeaks,
  sampleProcesses,
} from './install/canary.ts'
import { installHeadless } from './install/headless.ts'
import { configRepository, firstBoot, partitionTable, takeSnapshots, zfsGet } from './install/installed.ts'
import { expectPlantedPoolRefused, plantPool } from './install/planted-pool.ts'
import { withReadyMachine } from './install/ready-machine.ts'
import { answerAll, confirmAndStart, WizardDriver } from './install/wizard.ts'

/** What both doors must give alike: plan hash, and what is on the disk. Filled by the first run, compared by the second. */
let typed: { planHash: string; disk: unknown; datasets: string } | undefined

const DATASETS = 'zfs list -H -t filesystem,volume -o name,type,encryption,volsize,mountpoint -s name -r rpool'

/** What the configuration asks of sanoid: these datasets, of each kind one at its first run; not the Nix store. */
const ALL_KINDS = 'daily hourly monthly weekly'
const SNAPSHOTS = {
  'rpool/crypt/root': ALL_KINDS,
  'rpool/crypt/var': ALL_KINDS,
  'rpool/crypt/etcd': ALL_KINDS,
  'rpool/crypt/kubernetes': ALL_KINDS,
}

test('keystrokes through the wizard install encrypted ZFS, and the TPM unlocks it without a question', async () => {
  await withReadyMachine(
    'zfs-keystrokes',
    async (machine) => {
      await installByKeystrokes(machine)
      await machine.reboot({ timeoutMs: 300_000 })
      await checkInstalled(machine)
      typed = {
        planHash: JSON.parse(await machine.agent.succeed('cat /etc/keystone/install.json')).planHash,
        disk: await partitionTable(machine, 'keystone-a'),
        datasets: await machine.agent.succeed(DATASETS),
      }
      await plantPool(machine)
      expect(await hostFilesWithCanary(machine)).toEqual([])
    },
    // Somebody who has the disk for an hour must not be able to have the machine run a system of theirs.
    expectPlantedPoolRefused,
  )
})

test('the same answers headless give the same plan hash and the same disks', async () => {
  await withReadyMachine('zfs-headless', async (machine) => {
    const { agent } = machine
    const run = await installHeadless(
      machine,
      answersYaml({ layout: 'single-zfs', diskIds: ['keystone-a'], unlock: 'tpm' }),
      { args: ['--progress', 'json'] },
    )
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    const events = run.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events[0]).toMatchObject({ type: 'install-started', planHash: typed?.planHash })
    expect(events.at(-1)).toMatchObject({ type: 'install-finished' })
    expect(run.stdout).not.toContain(CANARY_PASSPHRASE)
    expect(await partitionTable(machine, 'keystone-a')).toEqual(typed?.disk)
    await agent.succeed('zpool import -N rpool', { timeoutMs: 120_000 })
    expect(await agent.succeed(DATASETS)).toBe(typed?.datasets)
    await agent.succeed('zpool export rpool', { timeoutMs: 120_000 })
    expect(await filesWithCanary(machine, ['/etc', '/var', '/tmp', '/root'])).toEqual([])
  })
})

/** Through all pages to the reboot, while the secrets are watched. */
async function installByKeystrokes(machine: Machine): Promise<void> {
  const { tty, agent } = machine
  for (const canary of [CANARY_PASSPHRASE, CANARY_PASSWORD]) tty.never(canary)
  await sampleProcesses(machine)
  const wizard = new WizardDriver(tty)
  await answerAll(wizard, typedAnswers({ layout: 'One disk, ZFS', serials: ['keystone-a'] }))
  await goBackAndForth(wizard)
  await confirmAndStart(wizard)
  await wizard.page('Done', { timeoutMs: 20 * 60_000 })
  expect(await agent.exec('findmnt /mnt')).toMatchObject({ code: 1 })
  expect((await agent.exec('zpool list -H')).stdout).toBe('')
  const sampled = await sampledLeaks(machine)
  expect(sampled.samples).toBeGreaterThan(50)
  expect(sampled.leaks).toEqual([])
  expect(await filesWithCanary(machine, ['/etc', '/var', '/tmp', '/root', '/home', '/opt'])).toEqual([])
  await wizard.focus('Reboot now')
  await tty.press('Enter')
}

/** The first boot and what the person finds then: a working login, snapshots, a configuration in git, no secret. */
async function checkInstalled(machine: Machine): Promise<void> {
  const { tty, agent } = machine
  const result = await firstBoot(machine)
  expect(result.checks.filter((check) => !check.ok)).toEqual([])
  expect(result).toMatchObject({ ok: true, unlockedBy: 'tpm2' })
  await tty.waitForText(new RegExp(`${HOST_NAME} login: *$`, 'm'), { timeoutMs: 180_000 })
  expect(await zfsGet(machine, 'encryption', 'rpool/crypt/root')).toBe('aes-256-gcm')
  expect(await zfsGet(machine, 'keystatus', 'rpool/crypt/root')).toBe('available')
  expect(await zfsGet(machine, 'encryptionroot', 'rpool/crypt/var')).toBe('rpool/crypt')
  expect(await agent.succeed('findmnt -no SOURCE,FSTYPE /')).toMatch(/^rpool\/crypt\/root +zfs$/)
  expect(await agent.succeed('stat -c "%a %U" /boot')).toBe('700 root')
  expect(await agent.succeed('hostname')).toBe(HOST_NAME)
  expect(await agent.succeed(`id -nG ${USER_NAME} | tr " " "\\n" | grep -x -e wheel -e sudo | head -1`)).toMatch(
    /wheel|sudo/,
  )
  expect(
    await agent.succeed(
      `cat ~${USER_NAME}/.ssh/authorized_keys /etc/ssh/authorized_keys.d/${USER_NAME} 2>/dev/null || true`,
    ),
  ).toContain(SSH_KEY)
  // The credstore is open in the initrd for a moment only.
  expect((await agent.exec('ls /dev/mapper/credstore')).code).not.toBe(0)
  // No lock file came with the installer, so nix wrote one.
  expect(await configRepository(machine)).toEqual({
    commits: ['Lock the versions of the inputs', `Install ${HOST_NAME}`],
    files: expect.arrayContaining(
      ['configuration', 'disko-config', 'hardware-configuration'].map((name) => `hosts/${HOST_NAME}/${name}.nix`),
    ),
    status: '',
  })
  expect(await takeSnapshots(machine)).toEqual(SNAPSHOTS)
  await logInAt(machine)
  expect(await filesWithCanary(machine, ['/etc', '/var', '/boot', '/nix', '/root', '/home'])).toEqual([])
}

/** All the way back to the first page and forward again: nothing of what was typed is lost. */
async function goBackAndForth(wizard: WizardDriver): Promise<void> {
  const { tty } = wizard
  const review = tty.snapshotText()
  for (const title of ['Cluster', 'Identity', 'Network', 'Encryption', 'Disk', 'System', 'Welcome']) {
    await tty.press('Esc')
    await wizard.page(title)
  }
  for (const title of ['System', 'Disk', 'Encryption', 'Network', 'Identity', 'Cluster', 'Review'])
    await wizard.goOn(title)
  expect(tty.snapshotText()).toBe(review)
}

/** Logs in on the serial line with the password typed in the wizard. */
async function logInAt({ tty }: { tty: WizardDriver['tty'] }): Promise<void> {
  await tty.type(`${USER_NAME}\r`)
  await tty.waitForText(/Password: *$/m, { timeoutMs: 60_000 })
  await tty.type(`${CANARY_PASSWORD}\r`)
  await tty.waitForText(new RegExp(`${USER_NAME}@${HOST_NAME}.*\\$ *$`, 'm'), { timeoutMs: 60_000 })
}
