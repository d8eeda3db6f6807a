import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJournal } from '../../src/install/journal-file.ts'
import { JOURNAL_FILE, LOG_FILE } from '../../src/model/paths.ts'
import { armStop, goOn } from '../harness/stop-at.ts'
import type { Lab } from '../install/disk-machine.ts'
import { canaries, needlesOf } from '../secrets/canaries.ts'
import { thisHost } from '../secrets/guest.ts'
import {
  coreLimitOf,
  searchAnswerCopies,
  searchBundle,
  searchCoreDumps,
  searchDisks,
  searchEsp,
  searchExportedAnswers,
  searchInstallerLog,
  searchKernelLog,
  searchNixStore,
  searchRenderedFiles,
  searchScreens,
  searchSwap,
  searchSystemJournal,
} from '../secrets/places.ts'
import { startSampler } from '../secrets/sampler.ts'
import { openSearch, type Searched } from '../secrets/search.ts'
import { beginRun, endOfRun, endProblems, FIRST_RUN } from './installer.ts'
import { answersOf, KINDS, withFreshMachine } from './machines.ts'
import { type Outcome, toldBy } from './outcome.ts'

/** One install with every secret that an install on this machine can have, and then all places where one could have stayed. */
export function trySecrets(lab: Lab, say: (text: string) => void): Promise<Outcome> {
  const answers = answersOf('ext4-pin').replace('recoveryKey: false', 'recoveryKey: true')
  return withFreshMachine(lab, 'secrets', { kind: 'ext4-pin', answers }, async (machine) => {
    const { agent, tty } = machine
    for (const { value } of canaries(null)) tty.never(value)
    // Compressed memory is what the live image swaps to. A kernel without it has none here.
    await agent.exec('modprobe zram && echo 256M >/sys/block/zram0/disksize && mkswap /dev/zram0 && swapon /dev/zram0')
    const search = await openSearch(agent, needlesOf(canaries(null)))
    const sampler = await startSampler(agent, search)
    const found: Searched[] = []
    const problems: string[] = []

    const { reached } = await armStop(machine, { task: 'stage-phases', moment: 'after' })
    await beginRun(machine, FIRST_RUN)
    const stopped = await reached
    const key = /^([a-z]{8}(?:-[a-z]{8}){7})$/m.exec((await agent.getFile(`/run/${FIRST_RUN}.err`)).toString())?.[1]
    if (key === undefined) throw new Error('the install has shown no recovery key')
    await search.learn(needlesOf(canaries(key)))
    await sampler.reload()
    for (const limit of await coreLimitOf(agent, stopped.pid))
      if (limit !== '0') problems.push(`the limit of a core file is ${limit}`)
    say('stopped with the target mounted; searching it')
    found.push(await searchRenderedFiles(search), await searchNixStore(search), await searchEsp(search, ['/mnt/boot']))
    const copies = ['/etc', '/var', '/tmp', '/root', '/home', '/opt/keystone', '/mnt/var', '/mnt/root', '/mnt/etc']
    // The hash of the password is where NixOS reads it, and is no secret of the answers.
    found.push(await searchAnswerCopies(search, copies, '/var/tmp'))
    const journal = decodeJournal(await agent.getFile(JOURNAL_FILE))
    if (journal === null) throw new Error('there is no journal')
    found.push(searchExportedAnswers(journal.saved.answers, needlesOf(canaries(key))))
    await agent.succeed('keystone bundle --to /run/bundle.tar.gz', { timeoutMs: 5 * 60_000 })
    found.push(searchBundle(await agent.getFile('/run/bundle.tar.gz'), needlesOf(canaries(key))))

    await goOn(machine, stopped)
    const run = await endOfRun(machine, FIRST_RUN)
    problems.push(...(await endProblems(machine, 'the install', run)))
    const sampled = await sampler.stop()
    problems.push(...sampled.hits.map(({ label, where, name }) => `${label} was in ${where} of ${name}`))
    found.push(
      await searchInstallerLog(search, [LOG_FILE]),
      await searchSystemJournal(search),
      await searchKernelLog(search),
      await searchCoreDumps(search, agent),
    )
    const swap = await searchSwap(search, agent)
    if (swap !== null) found.push(swap)
    await search.close()
    found.push(
      searchScreens(
        [tty.screen.textWithScrollback(), run.events.map((event) => JSON.stringify(event)).join('\n')],
        needlesOf(canaries(key)),
        'install-finished',
      ),
    )

    await machine.powerCut()
    const host = await openSearch(thisHost, needlesOf(canaries(key)), join(tmpdir(), `keystone-secrets-${process.pid}`))
    try {
      const isTarget = (path: string) => path.includes('keystone-a')
      found.push(...(await searchDisks(host, machine.disks.files.filter(isTarget))))
    } finally {
      await host.close()
    }
    const hits = found.flatMap(({ place, hits: of }) => of.map(({ label, path }) => `${label} is in ${place}: ${path}`))
    return {
      problems: [
        ...problems,
        ...hits,
        ...toldBy(run.events, KINDS['ext4-pin'], 'secrets').problems.filter((one) => !/silence/.test(one)),
      ],
      canaries: { places: found.length + 1, hits: hits.length + sampled.hits.length },
      notes: [
        `searched: ${[...new Set(found.map(({ place }) => place.replace(/^disk .*/, 'disks')))].join(', ')}, processes`,
        `${sampled.samples} samples, every ${sampled.gapMs.median} ms (95 %: ${sampled.gapMs.p95} ms)`,
        ...(swap === null ? ['no swap: the kernel of the lab has no zram'] : []),
      ],
    }
  })
}
