import type { Machine, RebootOptions } from '../harness/machine.ts'
import type { Screen } from '../harness/screen.ts'
import type { Tty } from '../harness/tty.ts'
import { CANARY_PASSPHRASE, CANARY_PIN } from './canary.ts'

/** What a boot may ask on the serial line before it goes on. */
export type Question = 'passphrase' | 'pin'

const QUESTIONS: Readonly<Record<Question, RegExp>> = {
  passphrase: /assphrase for (?:disk|volume)/g,
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

/** systemd turns the echo off a moment after it has drawn the question, and what is typed in between is seen: so first a sign
 *  that is not of the answer. It comes back as a dot once the echo is off, and is taken away again. */
async function answer(tty: Tty, question: Question, text: string): Promise<void> {
  const last = (screen: Screen) => screen.text().split(QUESTIONS[question]).at(-1) ?? ''
  await tty.type('x')
  await tty.waitUntil('the echo to be off', (screen) => last(screen).includes('•'), { timeoutMs: 60_000 })
  await tty.type(`\x7f${text}\r`)
}
