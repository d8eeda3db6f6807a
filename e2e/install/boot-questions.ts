import type { Machine } from '../harness/machine.ts'
import type { RebootOptions } from '../harness/machine-options.ts'
import type { Screen } from '../harness/screen.ts'
import type { Tty } from '../harness/tty.ts'
import { CANARY_PASSPHRASE, CANARY_PIN } from './canary.ts'

/** What a boot may ask on the serial line before it goes on. */
export type Question = 'passphrase' | 'pin'

const QUESTIONS: Readonly<Record<Question, RegExp>> = {
  passphrase: /assphrase(?: or recovery key)? for (?:disk|volume)/g,
  pin: /\bPIN\b[^\n]*:/g,
}
const ANSWERS: Readonly<Record<Question, string>> = { passphrase: CANARY_PASSPHRASE, pin: CANARY_PIN }

const LONGEST_BOOT_MS = 600_000

/** Starts the machine from its disks and answers whatever it asks, as `answers` says or else rightly, until the system is up.
 *  Tells what was asked, in order. */
export async function bootAnswering(
  machine: Machine,
  options: Omit<RebootOptions, 'timeoutMs'> = {},
  answers: Partial<Record<Question, string>> = {},
): Promise<readonly Question[]> {
  // What the last boot has asked would still stand there.
  await machine.tty.screen.write('\x1bc')
  await machine.powerOn({ boot: 'disks', ...options })
  return answerBoot(machine, answers)
}

/** The same for a machine that is starting already. */
export async function answerBoot(
  machine: Machine,
  answers: Partial<Record<Question, string>> = {},
): Promise<readonly Question[]> {
  const asked: Question[] = []
  let isUp = false
  const up = machine.agent.waitReady({ timeoutMs: LONGEST_BOOT_MS }).then(() => {
    isUp = true
    return null
  })
  while (!isUp) {
    const next = await Promise.race([up, nextQuestion(machine.tty, asked, () => isUp)])
    if (next === null) break
    asked.push(next)
    await answer(machine.tty, next, answers[next] ?? ANSWERS[next])
  }
  await machine.waitReady({ timeoutMs: LONGEST_BOOT_MS })
  return asked
}

const countOf = (text: string, question: Question) => text.match(QUESTIONS[question])?.length ?? 0

async function nextQuestion(tty: Tty, asked: readonly Question[], isOver: () => boolean): Promise<Question | null> {
  const fresh = (text: string) =>
    (['passphrase', 'pin'] as const).find(
      (question) => countOf(text, question) > asked.filter((one) => one === question).length,
    )
  let found: Question | undefined
  await tty.waitUntil(
    'a question, or the system',
    (screen) => {
      found = fresh(screen.text())
      return found !== undefined || isOver()
    },
    { timeoutMs: LONGEST_BOOT_MS },
  )
  return found ?? null
}

const answer = (tty: Tty, question: Question, text: string) => typeSecret(tty, QUESTIONS[question], text)

const PROBES = 12
const PROBE_MS = 5_000

/** Types an answer to the question that stands last on the screen. systemd turns the echo off a moment after it has drawn the
 *  question, and what is typed in between is seen, or thrown away: so first a sign that is not of the answer, again until it
 *  comes back as a dot, and then Ctrl-U, which takes all of them away. */
export async function typeSecret(tty: Tty, question: RegExp, text: string): Promise<void> {
  const isDotted = (screen: Screen) => screen.text().split(question).at(-1)?.includes('•') === true
  for (let probe = 1; ; probe += 1) {
    await tty.type('x')
    try {
      await tty.waitUntil('the echo to be off', isDotted, { timeoutMs: PROBE_MS })
      break
    } catch (error) {
      if (probe === PROBES) throw error
    }
  }
  await tty.type(`\x15${text}\r`)
}
