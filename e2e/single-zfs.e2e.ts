import { expect, test } from 'vitest'
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
import { firstBoot, partitionTable, zfsGet } from './install/installed.ts'
import { withReadyMachine } from './install/ready-machine.ts'
import { answerAll, confirmAndStart, WizardDriver } from './install/wizard.ts'

/** What both doors must give alike: plan hash, and what is on the disk. Filled by the first run, compared by the second. */
let typed: { planHash: string; disk: unknown; datasets: string } | undefined

const DATASETS = 'zfs list -H -t all -o name,type,encryption,volsize,mountpoint -s name -r rpool'

test('keystrokes through the wizard install encrypted ZFS, and the TPM unlocks it without a question', async () => {
  await withReadyMachine('zfs-keystrokes', async (machine) => {
    const { tty, agent } = machine
    for (const canary of [CANARY_PASSPHRASE, CANARY_PASSWORD]) tty.never(canary)
    await sampleProcesses(machine)
    const wizard = new WizardDriver(tty)
    await answerAll(wizard, typedAnswers({ layout: 'One disk, encrypted ZFS', serials: ['keystone-a'] }))
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
    await machine.reboot({ timeoutMs: 300_000 })

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
    await logInAt(machine)
    expect(await filesWithCanary(machine, ['/etc', '/var', '/boot', '/nix', '/root', '/home'])).toEqual([])
    typed = {
      planHash: JSON.parse(await agent.succeed('cat /etc/keystone/install.json')).planHash,
      disk: await partitionTable(machine, 'keystone-a'),
      datasets: await agent.succeed(DATASETS),
    }
    await machine.powerCut()
    expect(await hostFilesWithCanary(machine)).toEqual([])
  })
})

test('the same answers headless give the same plan hash and the same disks', async () => {
  await withReadyMachine('zfs-headless', async (machine) => {
    const { agent } = machine
    const run = await installHeadless(
      machine,
      answersYaml({ layout: 'single-zfs', diskIds: ['keystone-a'], tpmUnlock: true }),
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

/** All the way back to the first page and forward again: nothing of what was typed is lost. */
async function goBackAndForth(wizard: WizardDriver): Promise<void> {
  const { tty } = wizard
  const review = tty.snapshotText()
  for (const title of ['Cluster', 'Identity', 'Network', 'Encryption', 'Disk', 'Welcome']) {
    await tty.press('Esc')
    await wizard.page(title)
  }
  for (const title of ['Disk', 'Encryption', 'Network', 'Identity', 'Cluster', 'Review']) await wizard.goOn(title)
  expect(tty.snapshotText()).toBe(review)
}

/** Logs in on the serial line with the password typed in the wizard. */
async function logInAt({ tty }: { tty: WizardDriver['tty'] }): Promise<void> {
  await tty.type(`${USER_NAME}\r`)
  await tty.waitForText(/Password: *$/m, { timeoutMs: 60_000 })
  await tty.type(`${CANARY_PASSWORD}\r`)
  await tty.waitForText(new RegExp(`${USER_NAME}@${HOST_NAME}.*\\$ *$`, 'm'), { timeoutMs: 60_000 })
}
