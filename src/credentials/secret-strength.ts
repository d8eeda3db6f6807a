import type zxcvbn from 'zxcvbn'
import type { Hardware } from '../model/hardware.ts'

/** How long a secret withstands guessing. */
export type Strength = {
  /** 0: guessed at once, 4: not within years. */
  readonly score: 0 | 1 | 2 | 3 | 4
  /** `very weak` to `strong`. */
  readonly word: string
  /** What makes it weak; empty when nothing does. */
  readonly warning: string
  /** What would make it stronger, a sentence each. */
  readonly advice: readonly string[]
  /** In words, by a thief who has the disk: `3 hours`. */
  readonly crackTime: string
}

/** Below this a passphrase is refused, by the wizard and for answer files alike: zxcvbn's 3 is the first that it means for
 *  somebody who guesses offline, and a stolen disk is that. */
export const LOWEST_SCORE = 3

const WORDS = ['very weak', 'weak', 'still weak', 'good', 'strong'] as const
/** zxcvbn takes more than linear time, and no one guesses beyond this anyway. */
const JUDGED_LENGTH = 100
/** What everybody would try first against a Primer. */
const OWN_WORDS = ['keystone', 'primer', 'nixos']

type Zxcvbn = typeof zxcvbn
let loading: Promise<Zxcvbn> | null = null
let loaded: Zxcvbn | null = null

/** Loads the dictionaries (800 kB) on the first call, so that no page before the first secret waits for them. */
export async function loadDictionaries(): Promise<void> {
  await load()
}

async function load(): Promise<Zxcvbn> {
  loading ??= import('zxcvbn').then((module) => module.default)
  loaded = await loading
  return loaded
}

/** `moreWords`: what a thief would guess of this machine and its owner; see `guessableWords`. */
export async function judgeStrength(secret: string, moreWords: readonly string[]): Promise<Strength> {
  return judge(await load(), secret, moreWords)
}

/** The same at once; null until the dictionaries are loaded. */
export function strengthNow(secret: string, moreWords: readonly string[]): Strength | null {
  return loaded && judge(loaded, secret, moreWords)
}

function judge(guess: Zxcvbn, secret: string, moreWords: readonly string[]): Strength {
  const words = [...OWN_WORDS, ...moreWords]
  const { score, feedback, crack_times_seconds: seconds } = guess(secret.slice(0, JUDGED_LENGTH), words)
  return {
    score,
    word: WORDS[score],
    warning: feedback.warning,
    advice: feedback.suggestions,
    // Like the key derivation of LUKS2 and of a login password, which are slow on purpose.
    crackTime: durationWords(seconds.offline_slow_hashing_1e4_per_second),
  }
}

/** Names of this machine and its parts, which stand on it or in its network. */
export function guessableWords(
  names: { readonly hostName: string; readonly userName: string; readonly clusterName: string },
  hardware: Hardware | null,
): readonly string[] {
  const ofDisks = (hardware?.disks ?? []).flatMap(({ model, serial }) => [
    model ?? '',
    serial ?? '',
    ...(model ?? '').split(/[\s_-]+/u),
  ])
  const words = [names.hostName, names.userName, names.clusterName, ...ofDisks]
  // A word of one or two letters is in everything.
  return [...new Set(words.filter((word) => word.length > 2))]
}

const STEPS: readonly (readonly [string, number])[] = [
  ['minute', 60],
  ['hour', 3600],
  ['day', 86_400],
  ['month', 2_629_800],
  ['year', 31_557_600],
]

function durationWords(seconds: number): string {
  if (seconds < 1) return 'less than a second'
  if (seconds < 60) return 'less than a minute'
  const [unit, length] = STEPS.findLast(([, from]) => seconds >= from) ?? ['minute', 60]
  const count = Math.floor(seconds / length)
  if (unit === 'year' && count >= 100) return 'centuries'
  return count === 1 ? `a${unit === 'hour' ? 'n' : ''} ${unit}` : `${count} ${unit}s`
}
