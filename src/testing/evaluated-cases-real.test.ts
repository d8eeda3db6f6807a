import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { realScript } from '../../e2e/lab/stand-ins/lib/real-disko.ts'
import { flakes, MISTAKES, withMistake } from './evaluated-mistakes.ts'
import { hasNix } from './nix.ts'
import { tryExamples } from './nix-lib-examples.ts'
import {
  checkExpression,
  evaluateExpression,
  evaluationError,
  OWN_LIB,
  REAL_DISKO,
  REAL_DISKO_REASON,
  REAL_LIB,
  REAL_LIB_PATH,
  REAL_LIB_REASON,
} from './nix-options.ts'

// Many evaluations, each of all options.
const TIMEOUT_MS = 300_000

async function check(given: { lib?: string; disko?: string | null } = {}): Promise<unknown> {
  return (await evaluateExpression(checkExpression(flakes, given))).value
}

test.skipIf(!hasNix || REAL_LIB === null)(
  `nixpkgs' own lib says the same as the stand-in: examples, cases and mistakes (${REAL_LIB_REASON})`,
  async () => {
    const lib = REAL_LIB as string
    const { found, expected } = await tryExamples(lib)
    expect(found).toEqual(expected)

    // A function that only the stand-in has would make a template pass here and fail everywhere else.
    const stray = `let
      own = ${OWN_LIB};
      real = ${lib};
      names = set: other: builtins.filter (name: !(other ? \${name})) (builtins.attrNames set);
      rooms = [ "attrsets" "generators" "lists" "meta" "modules" "options" "strings" "types" ];
    in names own real ++ names own.types.ints real.types.ints
      ++ builtins.concatMap (room: names own.\${room} real.\${room}) rooms`
    expect((await evaluateExpression(stray)).value).toEqual([])

    expect(await check({ lib })).toEqual(await check())

    const scratch = mkdtempSync(join(tmpdir(), 'keystone-mistakes-'))
    try {
      for (const mistake of MISTAKES) {
        const error = await evaluationError(checkExpression([withMistake(mistake, scratch)], { lib }))
        expect(error, mistake.what).toContain(mistake.says)
      }
    } finally {
      rmSync(scratch, { recursive: true })
    }
  },
  TIMEOUT_MS,
)

test.skipIf(!hasNix || REAL_LIB === null || REAL_DISKO === null)(
  `the real disko makes the same mounts, swap and LUKS devices, and a sound script of each case (${REAL_DISKO_REASON})`,
  async () => {
    const [lib, disko] = [REAL_LIB_PATH as string, REAL_DISKO as string]
    expect(await check({ lib: REAL_LIB as string, disko })).toEqual(await check())
    for (const { name, folder, host } of flakes) {
      for (const mode of ['destroy,format,mount', 'mount', 'unmount'] as const) {
        const file = join(folder, 'hosts', host, 'disko-config.nix')
        const script = realScript({ mode, root: '/mnt', file }, { disko, lib })
        expect(script, name).toContain('/mnt')
        const { status, stderr } = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })
        expect({ status, stderr }, `${name} ${mode}`).toEqual({ status: 0, stderr: '' })
      }
    }
  },
  TIMEOUT_MS,
)
