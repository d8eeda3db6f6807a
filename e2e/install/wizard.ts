import type { Tty } from '../harness/tty.ts'

/** The sign in front of the field that has the focus, with and without Unicode. */
const FOCUS = /^ *[❯>] (.*)$/m
/** The page's button; a check box that is off begins alike. */
const BUTTON = /^\[ [^\]]/
/** Longer than the gaps within one frame, also on an emulated serial line. */
const QUIET_MS = 200
/** More fields than any page has. */
const MOST_MOVES = 40

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Which field has the focus: its place and its words, without what is typed in it; null on half a frame. A page that
 *  scrolls may show the next check box in the place of the last. */
function focusedField(text: string): string | null {
  const rows = text.split('\n')
  const at = rows.findIndex((row) => FOCUS.test(row))
  return at < 0 ? null : `${at} ${rows[at]?.replace(/\[(?![ x]\]).*/, '')}`
}

/** What a person sees of the wizard, for the runs that type: pages by their title, fields by their words. The same text
 *  works on a local terminal and on a machine's serial line. */
export class WizardDriver {
  readonly tty: Tty

  constructor(tty: Tty) {
    this.tty = tty
  }

  /** Waits until the screen has not changed for a moment: on a serial line a frame arrives in pieces, and what stands on
   *  half of one is not what the wizard shows. */
  async wholeFrame(): Promise<void> {
    let seen = -1
    while (seen !== this.tty.screen.version) {
      seen = this.tty.screen.version
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
    }
  }

  /** Waits for a page by its title, such as `Disk`. */
  async page(title: string, { timeoutMs = 30_000 }: { timeoutMs?: number } = {}): Promise<void> {
    // The title bar is the first row; the words may stand elsewhere on the page too.
    await this.tty.waitUntil(
      `the page ${title}`,
      (screen) => new RegExp(`^ Keystone +.*${title}\\b`).test(screen.text()),
      { timeoutMs },
    )
    await this.wholeFrame()
  }

  /** The text of all screens of this page, from the one that is shown to its end. */
  async readOn(): Promise<string> {
    let read = this.tty.snapshotText()
    while (/Page Down/.test(this.tty.snapshotText())) {
      const before = this.tty.snapshotText()
      await this.tty.press('PageDown')
      await this.tty.waitUntil('the page to scroll', (screen) => screen.text() !== before)
      await this.wholeFrame()
      read += this.tty.snapshotText()
    }
    return read
  }

  /** Moves the focus down (round the page's end) to the field whose row holds the words. */
  async focus(words: string | RegExp): Promise<void> {
    for (let move = 0; move < MOST_MOVES; move++) {
      const row = FOCUS.exec(this.tty.snapshotText())?.[1] ?? ''
      if (typeof words === 'string' ? row.includes(words) : words.test(row)) return
      await this.moveOn()
    }
    throw new Error(`no field ${String(words)} on this page:\n${this.tty.snapshotText()}`)
  }

  /** To the next row that takes keys; behind the button comes the first one again. */
  async moveOn(): Promise<void> {
    const before = this.tty.snapshotText()
    await this.tty.press(BUTTON.test(FOCUS.exec(before)?.[1] ?? '') ? 'Tab' : 'Down')
    // Not any change: a frame that answers an earlier key may still be under way.
    const from = focusedField(before)
    await this.tty.waitUntil('the focus to move', (screen) => ![null, from].includes(focusedField(screen.text())))
    await this.wholeFrame()
  }

  /** Chooses an option of a list. */
  async choose(words: string | RegExp): Promise<void> {
    await this.focus(words)
    if (/\(\*\)|\[x\]/.test(FOCUS.exec(this.tty.snapshotText())?.[1] ?? '')) return
    await this.tty.press('Space')
    await this.tty.waitUntil(`${String(words)} to be chosen`, (screen) =>
      /\(\*\)|\[x\]/.test(FOCUS.exec(screen.text())?.[1] ?? ''),
    )
  }

  /** Switches a check box to the wanted state. */
  async toggle(words: string | RegExp, isOn: boolean): Promise<void> {
    await this.focus(words)
    const state = () => (FOCUS.exec(this.tty.snapshotText())?.[1] ?? '').includes('[x]')
    if (state() === isOn) return
    await this.tty.press('Space')
    await this.tty.waitUntil(`${String(words)} to be ${isOn ? 'on' : 'off'}`, () => state() === isOn)
  }

  /** Replaces a text field's content; waits until the field shows it (a secret shows as many stars). */
  async fill(words: string | RegExp, text: string, { isSecret = false }: { isSecret?: boolean } = {}): Promise<void> {
    await this.focus(words)
    await this.tty.press('Ctrl-U')
    await this.tty.type(text)
    const shown = isSecret ? '*'.repeat(text.length) : text
    await this.tty.waitUntil(`${String(words)} to hold what was typed`, (screen) => {
      const content = /\[(.*?)(?:…)? *\]/.exec(FOCUS.exec(screen.text())?.[1] ?? '')?.[1]?.trimEnd()
      return content === shown
    })
  }

  /** Takes the option of a field's list that is found by the words, which must be its value. */
  async pick(field: string, words: string): Promise<void> {
    await this.focus(field)
    const shown = () => FOCUS.exec(this.tty.snapshotText())?.[1] ?? ''
    await this.tty.type(words)
    // The list is open and narrowed down to what was typed, and its first entry is marked.
    await this.tty.waitUntil(`the list of ${field} to be searched`, () => {
      const content = /\[(.*?)_? *\]/.exec(shown())?.[1]
      return content === words && /^ +[❯>] .*\n/m.test(this.#below(field))
    })
    await this.tty.press('Enter')
    await this.tty.waitUntil(`${words} to be taken`, (screen) =>
      new RegExp(`^ *[❯>]? *${field} +\\[.*${escaped(words)} *\\]`, 'm').test(screen.text()),
    )
    await this.wholeFrame()
  }

  /** The rows under a field. */
  #below(field: string): string {
    return this.tty.snapshotText().split(new RegExp(`^ *[❯>]? *${field} +\\[.*\\n`, 'm'))[1] ?? ''
  }

  /** Goes on by the page's button, and waits for the next page. */
  async goOn(next: string, options: { timeoutMs?: number } = {}): Promise<void> {
    await this.focus(BUTTON)
    await this.tty.press('Enter')
    await this.page(next, options)
  }
}

export type TypedAnswers = {
  /** As in the answer file; each is what is searched for in its list. */
  language: string
  keyboard: string
  timeZone: string
  /** The words of its option on the disk page. */
  layout: string
  /** Serials of the disks to use; no others stay chosen. */
  serials: readonly string[]
  /** The words of its option on the encryption page, from their beginning. */
  unlock: RegExp
  hostName: string
  userName: string
  sshKey: string
  passphrase: string
  password: string
  recoveryKey: boolean
}

export type OnPages = {
  /** Looks at the disks before one is chosen. */
  onDiskPage?: () => Promise<void>
  /** On every page, when it is filled in and before the next. */
  onPage?: (title: string) => Promise<void>
}

/** Types all answers, from the first page to the review. */
export async function answerAll(wizard: WizardDriver, answers: TypedAnswers, on: OnPages = {}): Promise<void> {
  const { tty } = wizard
  const goOn = async (from: string, to: string) => {
    await on.onPage?.(from)
    await wizard.goOn(to)
  }
  await wizard.page('Welcome')
  await tty.waitForText('Everything that an install needs is here', { timeoutMs: 60_000 })
  await goOn('Welcome', 'System')
  await wizard.pick('Language', answers.language)
  await wizard.pick('Keyboard', answers.keyboard)
  await wizard.pick('Time zone', answers.timeZone)
  await goOn('System', 'Disk')
  await on.onDiskPage?.()
  await wizard.choose(answers.layout)
  for (const serial of answers.serials) await chooseDisk(wizard, serial)
  await goOn('Disk', 'Encryption')
  await wizard.choose(answers.unlock)
  await wizard.fill(/^Passphrase +\[/, answers.passphrase, { isSecret: true })
  await wizard.fill('Once more', answers.passphrase, { isSecret: true })
  await wizard.toggle('Make a recovery key', answers.recoveryKey)
  await goOn('Encryption', 'Network')
  await wizard.choose('Any wired interface')
  await wizard.choose('By DHCP')
  await goOn('Network', 'Identity')
  await wizard.fill('Host name', answers.hostName)
  await wizard.fill('Admin user', answers.userName)
  await wizard.fill(/^Password +\[/, answers.password, { isSecret: true })
  await wizard.fill('Once more', answers.password, { isSecret: true })
  await addSshKey(wizard, answers.sshKey)
  await goOn('Identity', 'Cluster')
  await wizard.fill('Cluster name', 'lab')
  await goOn('Cluster', 'Review')
}

/** Kernel names are not stable: a disk is found by its serial, which stands in the row below its name. */
async function chooseDisk(wizard: WizardDriver, serial: string): Promise<void> {
  const { tty } = wizard
  for (let move = 0; move < MOST_MOVES; move++) {
    const rows = tty.snapshotText().split('\n')
    const at = rows.findIndex((row) => FOCUS.test(row))
    if (at >= 0 && /[([][ *x][)\]] vd/.test(rows[at] ?? '') && rows[at + 1]?.includes(`serial ${serial}`)) {
      return wizard.choose(/vd[a-z]/)
    }
    await wizard.moveOn()
  }
  throw new Error(`no disk with serial ${serial} on this page:\n${tty.snapshotText()}`)
}

async function addSshKey(wizard: WizardDriver, key: string): Promise<void> {
  await wizard.focus('Add a key')
  await wizard.tty.paste(key)
  // The field is narrower than a key and shows a part of it.
  await wizard.tty.waitUntil('the key to be pasted', (screen) => {
    const shown = /\[(\S{8,})/.exec(FOCUS.exec(screen.text())?.[1] ?? '')?.[1]
    return shown !== undefined && key.includes(shown.slice(0, 8))
  })
  await wizard.tty.press('Enter')
  await wizard.tty.waitForText(/1\. .*SHA256:/)
}

/** From the review to the page of the recovery key and through it: types the groups that are asked for. Returns the key. */
export async function noteRecoveryKey(wizard: WizardDriver): Promise<string> {
  const { tty } = wizard
  await wizard.goOn('Recovery key')
  const groups = [...tty.snapshotText().matchAll(/\b\d ([a-z]{8})-([a-z]{8})-? +\d/g)].flatMap(([, left, right]) => [
    left ?? '',
    right ?? '',
  ])
  if (groups.length !== 8) throw new Error(`not eight groups:\n${tty.snapshotText()}`)
  const asked = [...tty.snapshotText().matchAll(/\bGroup (\d) /g)].map(([, number]) => Number(number))
  for (const number of asked) await wizard.fill(`Group ${number}`, groups[number - 1] ?? '')
  return groups.join('-')
}

/** From the page before it over the typed confirmation: reads the disk names off the screen and types them. */
export async function confirmAndStart(wizard: WizardDriver): Promise<void> {
  await wizard.goOn('Confirm')
  const match = await wizard.tty.waitForText(/Type the disk names? to erase (?:it|them): ([a-z0-9 ]+?) *$/m)
  await wizard.fill(/Disk names?/, match.groups[0] ?? '')
  await wizard.goOn('Installing')
}
