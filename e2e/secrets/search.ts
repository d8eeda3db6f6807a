import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type { Needle } from './canaries.ts'
import { type Guest, putHidden, quote, succeed } from './guest.ts'

export type Hit = { readonly label: string; readonly offset: number; readonly path: string }
/** What one place gave. `hits` must be empty; a search whose own control was not found throws. */
export type Searched = {
  readonly place: string
  readonly files: number
  readonly bytes: number
  readonly hits: readonly Hit[]
}

/** How a search shows that it can find: by a string that it plants there itself, or by one that is there anyway. */
export type Control =
  | { readonly plantIn: string }
  | { readonly plantBy: (controlFile: string) => string }
  | { readonly known: string }

export type Search = {
  /** Files, folders with all below, and devices. What is not there is left out. */
  paths(place: string, paths: readonly string[], control: Control): Promise<Searched>
  /** What a command prints. */
  output(place: string, command: string, control: Control): Promise<Searched>
  /** The file with what is looked for, and the control's label in it: for the sampler. */
  readonly patterns: string
  readonly control: { readonly file: string; readonly label: string }
  /** More to look for from now on: the recovery key, once the install has shown it. */
  learn(needles: readonly Needle[]): Promise<void>
  close(): Promise<void>
}

const CONTROL = 'control'
const SEARCH_LIMIT_MS = 1_800_000

/** Brings the search to a guest, into a folder on tmpfs. Nothing of what is looked for is ever in an argument. */
export async function openSearch(
  guest: Guest,
  needles: readonly Needle[],
  folder = '/run/keystone-canaries',
): Promise<Search> {
  const control = `Kontrolle-${randomBytes(9).toString('hex')}`
  const patterns = posix.join(folder, 'patterns')
  const controlFile = posix.join(folder, 'control')
  const program = posix.join(folder, 'search.pl')
  await succeed(guest, `mkdir -p -m 700 ${quote(folder)}`)
  let all = [...needles, { label: CONTROL, bytes: Buffer.from(control) }]
  const writePatterns = () => putHidden(guest, patterns, patternLines(all))
  await writePatterns()
  await putHidden(guest, controlFile, `${control}\n`)
  await guest.putFile(program, await readFile(join(import.meta.dirname, 'search.pl')), '0600')

  const run = async (place: string, what: string, given: Control): Promise<Searched> => {
    const known = 'known' in given ? `--known ${quote(given.known)} ` : ''
    const { code, stdout, stderr } = await guest.exec(what.replace('SEARCH', `perl ${program} ${patterns} ${known}`), {
      timeoutMs: SEARCH_LIMIT_MS,
    })
    if (code !== 0) throw new Error(`the search of ${place} ended with ${code}: ${stderr}`)
    const { files, bytes, hits } = readAnswer(place, stdout)
    const wanted = 'known' in given ? 'known' : CONTROL
    if (!hits.some(({ label }) => label === wanted)) {
      throw new Error(`the search of ${place} finds nothing: its control was not found in ${files} files\n${stderr}`)
    }
    return { place, files, bytes, hits: hits.filter(({ label }) => label !== wanted) }
  }

  return {
    patterns,
    control: { file: controlFile, label: CONTROL },
    async paths(place, paths, given) {
      const planted = 'plantIn' in given ? posix.join(given.plantIn, `control-${randomBytes(4).toString('hex')}`) : null
      if (planted !== null) await succeed(guest, `cp ${controlFile} ${quote(planted)}`)
      if ('plantBy' in given) await succeed(guest, given.plantBy(controlFile))
      try {
        return await run(place, `SEARCH ${paths.map(quote).join(' ')}`, given)
      } finally {
        if (planted !== null) await succeed(guest, `rm -f ${quote(planted)}`)
      }
    },
    async output(place, command, given) {
      if ('plantIn' in given) throw new Error(`nothing can be planted in a folder of ${place}`)
      if ('plantBy' in given) await succeed(guest, given.plantBy(controlFile))
      return run(place, `set -o pipefail; { ${command}; } | SEARCH -`, given)
    },
    async learn(more) {
      all = [...all, ...more]
      await writePatterns()
    },
    close: async () => void (await succeed(guest, `rm -rf ${quote(folder)}`)),
  }
}

/** Bytes that are here already: a bundle that was unpacked, the text of screens. `known`: what is surely in them. */
export function searchBytes(place: string, bytes: Uint8Array, needles: readonly Needle[], known: string): Searched {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!all.includes(known)) throw new Error(`the search of ${place} finds nothing: ${known} is not in it`)
  const hits = needles.flatMap(({ label, bytes: needle }) => {
    const offset = all.indexOf(needle)
    return offset < 0 ? [] : [{ label, offset, path: place }]
  })
  return { place, files: 1, bytes: all.length, hits }
}

/** The lines of the file that both programs read. */
export function patternLines(needles: readonly Needle[]): string {
  return needles.map(({ label, bytes }) => `${label}\t${Buffer.from(bytes).toString('hex')}\n`).join('')
}

function readAnswer(place: string, text: string): Omit<Searched, 'place'> {
  const lines = text.split('\n').map((line) => line.split('\t'))
  const [, files, bytes] = lines.find(([word]) => word === 'LOOKED') ?? []
  if (files === undefined || bytes === undefined) throw new Error(`the search of ${place} did not end: ${text}`)
  const hits = lines.flatMap(([word, label = '', offset = '', path = '']) =>
    word === 'HIT' ? [{ label, offset: Number(offset), path }] : [],
  )
  return { files: Number(files), bytes: Number(bytes), hits }
}
