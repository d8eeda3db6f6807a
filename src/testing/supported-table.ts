import { existsSync, readFileSync } from 'node:fs'
import { LAYOUTS, UNLOCKS } from '../model/answers.ts'
import { LAYOUT_TITLES } from '../plan/layouts.ts'
import { machineTable } from './machine-table.ts'

const RESULTS = new URL('../../e2e/matrix/results.jsonl', import.meta.url)
export const BEGIN = '<!-- made by npm run update-readme: begin -->'
export const END = '<!-- made by npm run update-readme: end -->'

type Result = { readonly id: string; readonly ok: boolean; readonly pulls: readonly unknown[] }

const UNLOCK_TITLES = {
  none: 'no encryption',
  passphrase: 'passphrase',
  tpm: 'TPM2',
  'tpm-pin': 'TPM2 with PIN',
} as const

/** The README's tables of what is supported: layouts by the last runs in virtual machines, hardware by the recorded machines. */
export function supportedTables(): string {
  const results = existsSync(RESULTS)
    ? readFileSync(RESULTS, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Result)
    : []
  const cell = (id: string) => {
    const result = results.find((one) => one.id === id)
    if (!result) return 'not run yet'
    if (!result.ok) return '**failed**'
    return result.pulls.length === 0 ? 'two boots' : `two boots, ${result.pulls.length} degraded`
  }
  const others = results.filter(({ id }) => !LAYOUTS.some((layout) => id.startsWith(`${layout}/`)))
  const machines = machineTable().map(({ about, offered, refused, fits, reason }) => {
    const disks = `${offered} of ${offered + refused}`
    return row([about, disks, fits ? 'yes' : `no: ${reason}`])
  })
  return [
    row(['layout', ...UNLOCKS.map((unlock) => UNLOCK_TITLES[unlock])]),
    row(['---', ...UNLOCKS.map(() => '---')]),
    ...LAYOUTS.map((layout) => row([LAYOUT_TITLES[layout], ...UNLOCKS.map((unlock) => cell(`${layout}/${unlock}`))])),
    ...(others.length === 0 ? [] : ['', `Besides: ${others.map(({ id }) => `${id} (${cell(id)})`).join(', ')}.`]),
    '',
    row(['machine', 'disks offered', 'fits']),
    row(['---', '---', '---']),
    ...machines,
  ].join('\n')
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`
}
