import { parseArgs } from 'node:util'
import { closestWord } from '../steps/closest-word.ts'

export const HELP = `Keystone turns this machine into a Primer server: NixOS on encrypted disks.

  keystone [--answers FILE]          the wizard, filled in from FILE if given
  keystone --dry-run --out DIR       the wizard, changing nothing: it fills DIR
  keystone install --answers FILE    no questions; erases disks with wipe: true
  keystone resume [--answers FILE]   go on with an install that was begun here
  keystone look                      what such an install has done
  keystone bundle [--to FILE|usb|lan|text] [--private]   for those who help
  keystone plan --answers FILE       show what would be done
  keystone render --answers FILE --out DIR   write the NixOS configuration
  keystone check FILE [--unattended] is this answer file right [and enough]?
  keystone match FILE                which disks it means here, and why
  keystone schema                    JSON Schema of answer files, for editors
  keystone answers migrate FILE [--out NEW]   as the newest version says it
  keystone detect                    show this machine's hardware
  keystone iso prepare ISO --answers FILE --out NEW, keystone iso inspect ISO

  --json                  look, plan, match, detect, iso inspect: as JSON
  --progress plain|json   install, resume: for a person, a program; --reboot
  --recovery-key-file F   install, resume: recovery key to F, not to stderr
  --begun WHAT            install: continue, start-over, or stop as without it
  --secrets-from FILE     resume: {"passphrase": "..."} instead of --answers
  --machine NAME|FILE     a recorded machine, not this one; --version, --help
Exit 0 done, 2 bad answers, 3 machine unfit, 4 failed, 70 our bug, 130 cancelled
`

export type CommandName =
  | 'wizard'
  | 'install'
  | 'resume'
  | 'look'
  | 'bundle'
  | 'plan'
  | 'render'
  | 'check'
  | 'match'
  | 'schema'
  | 'answers migrate'
  | 'detect'
  | 'iso prepare'
  | 'iso inspect'

export type Command = {
  readonly what: CommandName
  /** The answer file. */
  readonly answers: string | null
  readonly iso: string | null
  readonly out: string | null
  readonly machine: string | null
  readonly recoveryKeyFile: string | null
  readonly progress: 'plain' | 'json' | null
  readonly isDryRun: boolean
  readonly isJson: boolean
  readonly isUnattended: boolean
  readonly reboots: boolean
  /** What an install does when one was begun here already. Null: it stops. */
  readonly begun: 'continue' | 'start-over' | 'stop' | null
  readonly secretsFrom: string | null
  /** Where a support bundle goes: `usb`, `lan`, `text` or a file. */
  readonly to: string | null
  readonly isPrivate: boolean
}

export type CommandLine =
  | { readonly what: 'help' }
  | { readonly what: 'version' }
  | Command
  /** One sentence each: what is wrong, and what to do. */
  | { readonly what: 'error'; readonly message: string; readonly hint: string }

const OPTIONS = {
  answers: { type: 'string' },
  out: { type: 'string' },
  machine: { type: 'string' },
  progress: { type: 'string' },
  'recovery-key-file': { type: 'string' },
  'dry-run': { type: 'boolean' },
  json: { type: 'boolean' },
  reboot: { type: 'boolean' },
  unattended: { type: 'boolean' },
  begun: { type: 'string' },
  'secrets-from': { type: 'string' },
  to: { type: 'string' },
  private: { type: 'boolean' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const
type Option = keyof typeof OPTIONS

const ALLOWED: Readonly<Record<CommandName, readonly Option[]>> = {
  wizard: ['answers', 'dry-run', 'out', 'machine'],
  install: ['answers', 'progress', 'recovery-key-file', 'reboot', 'dry-run', 'out', 'machine', 'begun'],
  resume: ['answers', 'secrets-from', 'progress', 'recovery-key-file', 'reboot'],
  look: ['json'],
  bundle: ['to', 'private'],
  plan: ['answers', 'json', 'machine'],
  render: ['answers', 'out', 'machine'],
  check: ['answers', 'machine', 'unattended'],
  match: ['answers', 'machine', 'json'],
  schema: [],
  'answers migrate': ['answers', 'out'],
  detect: ['json', 'machine'],
  'iso prepare': ['answers', 'out'],
  'iso inspect': ['json'],
}
const NEEDED: Readonly<Record<CommandName, readonly Option[]>> = {
  wizard: [],
  install: ['answers'],
  resume: [],
  look: [],
  bundle: [],
  plan: ['answers'],
  render: ['answers', 'out'],
  check: ['answers'],
  match: ['answers'],
  schema: [],
  'answers migrate': ['answers'],
  detect: [],
  'iso prepare': ['answers', 'out'],
  'iso inspect': [],
}

/** Words that are half a command, and what may follow. */
const SECONDS: Readonly<Record<string, string>> = { iso: 'prepare or inspect', answers: 'migrate' }
const TAKES_FILE: readonly CommandName[] = ['check', 'match', 'answers migrate']

/** argv without node and script. Pure: what is wrong comes back as an error, never thrown. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const { values, positionals, tokens } = parseArgs({
    args: [...argv],
    options: OPTIONS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  if (values.help === true || (positionals.length === 1 && positionals[0] === 'help')) return { what: 'help' }
  if (values.version === true || (positionals.length === 1 && positionals[0] === 'version')) return { what: 'version' }

  // First of all: what follows an unknown option may be its value, and no command.
  const unknown = tokens.find((token) => token.kind === 'option' && optionNamed(token.name) === null)
  if (unknown?.kind === 'option') {
    const meant = closestWord(unknown.name, Object.keys(OPTIONS))
    return wrong(`there is no option ${unknown.rawName}`, meant && `did you mean --${meant}?`)
  }
  const [word, ...rest] = positionals
  const seconds = word === undefined ? undefined : SECONDS[word]
  const second = seconds ? rest.shift() : undefined
  if (seconds && second === undefined) return wrong(`${word} needs ${seconds}`)
  const words = second === undefined ? word : `${word} ${second}`
  const what = words === undefined ? 'wizard' : commandNamed(words)
  if (what === null) return wrong(`there is no command ${words}`, hintForWord(words ?? ''))
  const seen = new Set<string>()
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const option = optionNamed(token.name)
    if (option === null) continue
    if (OPTIONS[option].type === 'boolean' && token.value !== undefined) return wrong(`${token.rawName} takes no value`)
    if (OPTIONS[option].type === 'string' && (token.value === undefined || token.value === '')) {
      return wrong(`${token.rawName} needs a value`)
    }
    if (!ALLOWED[what].includes(option)) return wrong(`${titleOf(what)} takes no ${token.rawName}`)
    if (seen.has(option)) return wrong(`${token.rawName} is given twice`)
    seen.add(option)
  }

  const text = (option: Option) => (typeof values[option] === 'string' ? values[option] : null)
  // `check FILE` is natural to type, and so is `check --answers FILE`.
  const takesFile = TAKES_FILE.includes(what)
  const file = takesFile ? rest.shift() : undefined
  if (file === '') return wrong(`${what} needs a FILE`)
  if (file !== undefined && text('answers') !== null) return wrong('the answer file is given twice: once by --answers')
  const iso = word === 'iso' ? (rest.shift() ?? null) : null
  if (rest[0] !== undefined) {
    const isAnswers = !takesFile && text('answers') === null && ALLOWED[what].includes('answers')
    return wrong(`one word too many: ${rest[0]}`, isAnswers ? `the answer file is given by --answers ${rest[0]}` : null)
  }
  const answers = file ?? text('answers')
  if (word === 'iso' && iso === null) return wrong(`${what} needs an ISO`)
  const missing = NEEDED[what].find((option) => (option === 'answers' ? answers : text(option)) === null)
  if (missing !== undefined) return wrong(takesFile ? `${what} needs a FILE` : `${what} needs --${missing}`)

  const progress = text('progress')
  if (progress !== null && progress !== 'plain' && progress !== 'json') return wrong('--progress is plain or json')
  const begun = begunChoice(text('begun'))
  if (begun === undefined) return wrong('--begun is continue, start-over or stop')
  if (answers !== null && text('secrets-from') !== null) return wrong('--secrets-from takes the place of --answers')
  const isDryRun = values['dry-run'] === true
  if (isDryRun && begun !== null) return wrong('--begun goes on with nothing in a dry run')
  const out = text('out')
  if (isDryRun && out === null) return wrong('--dry-run needs --out DIR for what it writes')
  if (!isDryRun && out !== null && (what === 'install' || what === 'wizard')) return wrong('--out goes with --dry-run')
  if (!isDryRun && text('machine') !== null && (what === 'install' || what === 'wizard')) {
    return wrong('--machine installs nothing: it needs --dry-run')
  }
  return {
    what,
    answers,
    iso,
    out,
    machine: text('machine'),
    recoveryKeyFile: text('recovery-key-file'),
    progress,
    isDryRun,
    isJson: values.json === true,
    isUnattended: values.unattended === true,
    reboots: values.reboot === true,
    begun,
    secretsFrom: text('secrets-from'),
    to: text('to'),
    isPrivate: values.private === true,
  }
}

/** Undefined: no such choice. */
function begunChoice(word: string | null): Command['begun'] | undefined {
  return word === null || word === 'continue' || word === 'start-over' || word === 'stop' ? word : undefined
}

function wrong(message: string, hint: string | null = null): CommandLine {
  return { what: 'error', message, hint: hint ?? 'keystone --help shows what there is' }
}

function hintForWord(words: string): string | null {
  if (/\.(ya?ml|json)$/i.test(words))
    return `keystone check ${words} checks it; keystone --answers ${words} opens the wizard with it`
  const meant = closestWord(
    words,
    Object.keys(ALLOWED).filter((name) => name !== 'wizard'),
  )
  return meant && `did you mean ${meant}?`
}

function titleOf(what: CommandName): string {
  return what === 'wizard' ? 'the wizard' : what
}

function commandNamed(word: string): CommandName | null {
  return (Object.keys(ALLOWED) as CommandName[]).find((name) => name === word && name !== 'wizard') ?? null
}

function optionNamed(name: string): Option | null {
  return (Object.keys(OPTIONS) as Option[]).find((option) => option === name) ?? null
}
