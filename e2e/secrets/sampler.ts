import { readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { type Guest, quote, succeed } from './guest.ts'
import type { Search } from './search.ts'

export type ProcessHit = {
  readonly label: string
  readonly where: 'cmdline' | 'environ'
  readonly pid: number
  readonly name: string
}
export type Sampled = {
  readonly hits: readonly ProcessHit[]
  readonly samples: number
  /** Between two samples, in milliseconds: what was wanted is one thing, what a slow machine gave another. */
  readonly gapMs: { readonly median: number; readonly p95: number; readonly longest: number }
  readonly processes: number
}

export type Sampler = {
  /** After `search.learn`: looks for the new ones as well, when it returns. */
  reload(): Promise<void>
  /** Ends the sampling. Throws when it did not see the process that it started itself, with the control in its arguments
   *  and in its environment. */
  stop(): Promise<Sampled>
}

const INTERVAL_MS = 50

/** Reads /proc/<pid>/cmdline and environ of all processes of the guest from now on, each 50 ms, for what is searched. */
export async function startSampler(guest: Guest, search: Search, intervalMs = INTERVAL_MS): Promise<Sampler> {
  const folder = posix.dirname(search.patterns)
  const [program, out, pidFile] = ['sampler.pl', 'samples', 'sampler.pid'].map((name) => posix.join(folder, name))
  if (program === undefined || out === undefined || pidFile === undefined)
    throw new Error('three names, and one is gone')
  await guest.putFile(program, await readFile(join(import.meta.dirname, 'sampler.pl')), '0600')
  await succeed(
    guest,
    `rm -f ${quote(out)}; setsid perl ${quote(program)} ${quote(search.patterns)} ${quote(out)} ${intervalMs} </dev/null >/dev/null 2>${quote(`${out}.err`)} & echo $! >${quote(pidFile)}
     timeout 20 bash -c 'until grep -qs READY "$1"; do sleep 0.05; done' bash ${quote(out)} || { cat ${quote(`${out}.err`)} >&2; exit 1; }`,
  )
  const control = async () => {
    // The shell reads it from a file: only it and the two processes that it starts have it. More than before must be seen.
    await succeed(
      guest,
      `needle=$(cat ${quote(search.control.file)}); timeout 20 bash -c '
         seen() { grep -c "^HIT	control	$1" "$2" || true; }
         arguments=$(seen cmdline "$2"); environments=$(seen environ "$2")
         (exec -a "$1" sleep 20) & (CONTROL="$1" exec sleep 20) &
         until [ "$(seen cmdline "$2")" -gt "$arguments" ] && [ "$(seen environ "$2")" -gt "$environments" ]; do sleep 0.05; done
         kill %1 %2' bash "$needle" ${quote(out)}`,
    )
  }
  await control()
  return {
    async reload() {
      await succeed(
        guest,
        `before=$(grep -c READY ${quote(out)}); kill -HUP "$(cat ${quote(pidFile)})"; timeout 20 bash -c '
           until [ "$(grep -c READY "$1")" -gt "$2" ]; do sleep 0.05; done' bash ${quote(out)} "$before"`,
      )
    },
    async stop() {
      await control()
      await succeed(
        guest,
        `kill "$(cat ${quote(pidFile)})"; timeout 20 bash -c 'until grep -qs SAMPLES "$1"; do sleep 0.05; done' bash ${quote(out)}`,
      )
      return readSamples(await succeed(guest, `cat ${quote(out)}`), search.control.label)
    },
  }
}

/** The sampler's own file; throws when it did not come to its end or did not see the control. */
export function readSamples(text: string, controlLabel: string): Sampled {
  const lines = text.split('\n').map((line) => line.split('\t'))
  const all = lines.flatMap(([word, label = '', where = '', pid = '', name = '']): ProcessHit[] =>
    word === 'HIT' && (where === 'cmdline' || where === 'environ') ? [{ label, where, pid: Number(pid), name }] : [],
  )
  for (const where of ['cmdline', 'environ']) {
    if (!all.some((hit) => hit.label === controlLabel && hit.where === where)) {
      throw new Error(`the sampler does not see what is in ${where}: its control was not found`)
    }
  }
  const [, samples, median, p95, longest, processes] = (lines.find(([word]) => word === 'SAMPLES') ?? []).map(Number)
  if (samples === undefined || median === undefined || p95 === undefined || longest === undefined) {
    throw new Error(`the sampler did not come to its end:\n${text}`)
  }
  const hits = all.filter(({ label }) => label !== controlLabel)
  return { hits, samples, gapMs: { median, p95, longest }, processes: processes ?? 0 }
}
