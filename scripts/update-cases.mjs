// Writes what each case in src/testing/cases gives now: rendered/, commands.txt and plan-hash.txt of a good one, error.txt
// of a bad one. The diff is the review: read it before you commit it. Run it with `npm run update-cases`.
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { loadSource } from './load-source.mjs'
import { ROOT } from './set-up.mjs'

const CASES = join(ROOT, 'src/testing/cases')

const cases = await loadSource('src/testing/good-cases.ts')
const templates = await cases.templatesOfTree()
for (const name of (await readdir(CASES)).sort()) {
  const folder = join(CASES, name)
  const problems = await cases.reportOfCase(name)
  if (problems !== null) {
    await writeFile(join(folder, 'error.txt'), problems)
    for (const stale of ['rendered', 'commands.txt', 'plan-hash.txt'])
      await rm(join(folder, stale), { recursive: true, force: true })
    continue
  }
  if (await stat(join(folder, 'error.txt')).catch(() => null)) {
    // Never in silence: a refusal that is gone is a hole until a person says otherwise.
    console.error(
      `${name}: these answers are no longer refused. If that is right, remove its error.txt and run this again.`,
    )
    process.exitCode = 1
    continue
  }
  await rm(join(folder, 'rendered'), { recursive: true, force: true })
  for (const { path, content } of await cases.renderCase(name, templates)) {
    await mkdir(dirname(join(folder, 'rendered', path)), { recursive: true })
    await writeFile(join(folder, 'rendered', path), content)
  }
  await writeFile(join(folder, 'commands.txt'), await cases.commandsOfCase(name, templates))
  await writeFile(join(folder, 'plan-hash.txt'), `${(await cases.planOfCase(name)).hash}\n`)
}
