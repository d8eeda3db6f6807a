import { ELSEWHERE, FAULTS } from './catalogue.ts'
import type { Fault } from './fault.ts'
import { ALL_POINTS, GROUPS, type Group } from './points.ts'
import { isGreen, type Result } from './results.ts'

const HEAD = `# Reliability

What was tried with an installer that is killed, loses its power, its disks, its network or its TPM, in virtual machines, and how it
ended. The runs are \`npm run test:faults\`, which goes on where it was stopped; a chosen part of them is in \`npm test\`. This page is
made of the last run of each (\`e2e/faults/results.jsonl\`) by \`npm run update-reliability\`.

In every machine there is one more disk, with known content, that nobody chose. A run is green only when not a byte was written to
it, and when nothing is left mounted, open or imported at its end.
`

const TITLES: Readonly<Record<Group, string>> = {
  cycles: 'A pool with its credstore mounted and let go, again and again, in one boot',
  record: 'Whole installs, recorded write by write, with their secrets looked for',
  cut: 'Power cut at a flush of a recorded install: found, continued, compared with an install that nobody cut off',
  changed:
    'Another disk, size, TPM or installer than the install was begun with, or installed already: stopped, with the difference',
  kill: 'SIGKILL before, during and after each task, continued on the same boot',
  fault: 'Faults of the list below: cause, exit code, event, screen, and the way on to its end',
  signal: 'SIGINT, SIGTERM and SIGHUP in the long tasks; a second installer',
  bundle: 'The support bundle of a failed install: into a file, onto a stick, as text, over the network',
  secrets: 'Every secret of an install looked for in every place',
  dirty: 'Layouts over layouts, without a restart',
  power: 'Power cut of a running install, then a cold boot of the medium',
  door: 'The same at the wizard: killed, cut off, its terminal closed, its window shrunk',
}

/** How wrong the time left may be. */
const GOOD_ETA = 0.2

const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`

/** docs/reliability.md as it should be. */
export function reliabilityPage(results: readonly Result[]): string {
  const of = (group: Group) => results.filter((result) => result.group === group)
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
  const groups = GROUPS.map((group) => {
    const ran = of(group)
    const green = ran.filter((result) => isGreen(result, results)).length
    const minutes = Math.round(sum(ran.map(({ seconds }) => seconds)) / 60)
    return row([TITLES[group], plannedOf(group, results), ran.length, green, ran.length - green, minutes])
  })
  const etas = etasOf(results)
  const good = etas.filter(isGoodEta).length
  const searched = results.flatMap(({ canaries }) => canaries ?? [])
  const red = results.filter((result) => !isGreen(result, results))
  const same = results.filter(({ sameAs }) => sameAs !== undefined)
  return [
    HEAD,
    row(['what', 'there are', 'run', 'green', 'red', 'minutes of a machine']),
    row(['---', ...Array.from({ length: 5 }, () => '---:')]),
    ...groups,
    row([
      'together',
      sum(GROUPS.map((group) => plannedOf(group, results))),
      results.length,
      results.length - red.length,
      red.length,
      Math.round(sum(results.map(({ seconds }) => seconds)) / 60),
    ]),
    '',
    '| number | |',
    '| --- | ---: |',
    row(['Points at which an install was killed or lost its power', pointsOfDeath(results)]),
    row(['Cuts that leave the same disk as the cut before, and were not run a second time', same.length]),
    row(['Faults injected', of('fault').length]),
    row([
      'Cycles of mounting and letting go without a hang',
      Math.max(
        0,
        ...of('cycles')
          .filter(({ ok }) => ok)
          .map(({ cycles = 0 }) => cycles),
      ),
    ]),
    row(['Places searched for secrets', sum(searched.map(({ places }) => places))]),
    row(['Secrets found', searched.length === 0 ? 'not run yet' : sum(searched.map(({ hits }) => hits))]),
    row([
      'Whole installs whose time left was within 20 % after a quarter of it',
      etas.length === 0 ? 'not run yet' : `${good} of ${etas.length}`,
    ]),
    '',
    '## Faults',
    '',
    row(['fault', 'what is expected', 'exit', 'way on', 'last run']),
    row(['---', '---', '---:', '---', '---']),
    ...FAULTS.map((fault) => faultRow(fault, results)),
    ...ELSEWHERE.map(({ title, expect, wayOn, file }) =>
      row([
        sentence(title),
        expect.code === 'none' ? 'nothing is lost' : `\`${expect.code}\``,
        expect.exitCode,
        wayOn,
        `in \`${file}\``,
      ]),
    ),
    '',
    ...(red.length === 0
      ? []
      : ['## What is red', '', ...red.map(({ id, problems }) => `- \`${id}\`: ${plain(problems[0] ?? '')}`), '']),
    '## To run one again',
    '',
    '    npm run test:faults -- --only fault:mount-busy --again',
    '    npm run test:faults -- --only cut:ext4:123:none:0 --again',
    '',
    'A cut is named by its flush, by what is kept of what was not flushed (`none`, or `random`), and by the seed of that choice. The',
    'same name gives the same bytes on the disk, of the same recording.',
    '',
  ].join('\n')
}

/** Of each whole install that told how long it takes. */
export const etasOf = (results: readonly Result[]): readonly (number | null)[] =>
  results.flatMap(({ eta }) => eta ?? [])

export const isGoodEta = (error: number | null): boolean => error !== null && error <= GOOD_ETA

/** Cuts are listed up to more flushes than there are; how many there are a recording tells. */
function plannedOf(group: Group, results: readonly Result[]): number {
  const all = ALL_POINTS.filter((point) => point.group === group)
  if (group !== 'cut') return all.length
  return all.filter(({ id }) => {
    const [, kind, flush] = /^cut:(\w+):(\d+):/.exec(id) ?? []
    const flushes = results.find((result) => result.id === `record:${kind}`)?.flushes
    return flush === undefined || flushes === undefined || Number(flush) <= flushes + 1
  }).length
}

const pointsOfDeath = (results: readonly Result[]) =>
  results.filter(
    ({ group, id, ok, sameAs }) =>
      ok && sameAs === undefined && (['cut', 'kill', 'power'].includes(group) || /^door:(kill|power):/.test(id)),
  ).length

function faultRow({ id, title, expect, after }: Fault, results: readonly Result[]): string {
  const result = results.find((one) => one.id === `fault:${id}`)
  const last = result === undefined ? 'not run yet' : result.ok ? 'green' : '**red**'
  const wayOn =
    after.wayOn === 'none needed'
      ? 'goes on by itself'
      : after.wayOn === 'answers'
        ? 'change the answers'
        : 'mend it, retry'
  const code = expect.code === 'none' ? 'nothing of it is left' : `\`${expect.code}\``
  return row([sentence(title), code, expect.exitCode, wayOn, last])
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`
const plain = (text: string) =>
  text
    .replace(/\s+/g, ' ')
    .replace(/[|<>*`]/g, ' ')
    .slice(0, 200)
