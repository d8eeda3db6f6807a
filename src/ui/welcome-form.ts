import { formatProblem } from '../answers/format-problems.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Problem } from '../model/problem.ts'
import { formatSize } from '../model/size.ts'
import { IMAGINED } from '../plan/imagine-free.ts'
import { LOOKING, PROMISE } from './opening-words.ts'
import type { Form } from './page-forms.ts'
import { NEXT_BUTTON, type Row } from './rows.ts'
import { LOAD_FIELD, LOAD_PATH, LOAD_REFUSED } from './save-memory.ts'
import type { Session, View } from './session.ts'
import { pad, sentence } from './text.ts'

const LABEL_WIDTH = 14

/** Fills in as the answers of the machine arrive; the first frame needs none of them. */
type Acts = Pick<Session, 'send' | 'change' | 'view' | 'loadAnswers'>

export function welcomeForm(view: View, session: Acts): Form {
  const { wizard } = view
  const { parts, hardware, machineProblems, isDryRun } = wizard
  const canGoOn = hardware !== null && (machineProblems.length === 0 || isDryRun)
  return {
    rows: [
      { kind: 'note', text: PROMISE },
      {
        kind: 'note',
        text: 'It asks a few questions, shows what it will do, and changes nothing until you have typed the names of the disks to erase.',
      },
      ...openingRows(wizard),
      { kind: 'blank' },
      { kind: 'heading', text: 'This machine' },
      ...hardwareRows(parts),
      { kind: 'blank' },
      ...verdictRows(wizard),
      ...(canGoOn ? loadRows(view, session) : []),
    ],
    next: canGoOn ? { label: 'Continue', onPress: () => session.send({ type: 'NEXT' }) } : null,
    problems: [],
    startsAt: NEXT_BUTTON,
  }
}

/** For answers that were saved on the review page, or written by hand. */
function loadRows({ memory }: View, session: Acts): readonly Row[] {
  const path = String(memory[LOAD_PATH] ?? '')
  const refused = String(memory[LOAD_REFUSED] ?? '')
  const remember = (changes: View['memory']) => session.change({ memory: { ...session.view().memory, ...changes } })
  return [
    { kind: 'blank' },
    {
      kind: 'text',
      id: LOAD_FIELD,
      label: 'Load answers from',
      value: path,
      hint: 'a file, then Enter',
      problems: refused === '' ? [] : [{ code: 'not-loaded', path: [], message: refused }],
      onChange: (text) => remember({ [LOAD_PATH]: text, [LOAD_REFUSED]: '' }),
      commit() {
        session.loadAnswers(path.trim())
        // The page turns, or tells what is wrong, when the file is read.
        return false
      },
    },
  ]
}

/** What was wrong in the answer file. */
function openingRows({ opening }: View['wizard']): readonly Row[] {
  if (opening === null || opening.problems.length === 0) return []
  const { fileName, problems } = opening
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`
  return [
    { kind: 'blank' },
    { kind: 'note', text: `! ${fileName} has ${count}. What is sound in it is filled in.`, tone: 'problem' },
    ...problems.map((problem): Row => {
      const place = problem.line === null ? '' : `line ${problem.line}, column ${problem.column}:  `
      return { kind: 'note', text: `- ${place}${formatProblem(problem)}`, indent: 2, tone: 'problem' }
    }),
  ]
}

/** Can an install work here, and if not, what is missing. */
function verdictRows({ detectionFailure, hardware, machineProblems, isDryRun }: View['wizard']): readonly Row[] {
  if (detectionFailure !== null) {
    return [{ kind: 'note', text: `! The hardware could not be read: ${detectionFailure}`, tone: 'problem' }]
  }
  if (!hardware) return [{ kind: 'note', text: LOOKING, tone: 'dim' }]
  const notes = hardware.problems.map(
    (problem): Row => ({ kind: 'note', text: `Note: ${sentences(problem)}`, tone: 'warning' }),
  )
  if (hardware.problems.some(({ code }) => code.startsWith(IMAGINED))) {
    return [
      { kind: 'note', text: '! An install would not be possible on this machine as it is now:', tone: 'problem' },
      ...notes,
    ]
  }
  if (machineProblems.length === 0) {
    return [{ kind: 'note', text: '✓ Everything that an install needs is here.', tone: 'good' }, ...notes]
  }
  const text = isDryRun
    ? '! An install on this machine would not be possible:'
    : '! An install on this machine is not possible yet:'
  return [
    { kind: 'note', text, tone: 'problem' },
    ...machineProblems.map(
      (problem): Row => ({ kind: 'note', text: `- ${sentences(problem)}`, indent: 2, tone: 'problem' }),
    ),
    ...notes,
  ]
}

function sentences({ message, hint }: Problem): string {
  return `${sentence(message)}.${hint ? ` ${sentence(hint)}.` : ''}`
}

function hardwareRows(parts: Partial<Hardware>): readonly Row[] {
  const row = (label: string, value: string | null): Row => ({
    kind: 'entry',
    label: pad(label, LABEL_WIDTH),
    text: value ?? 'detecting …',
  })
  const { cpu, memoryBytes, firmware, secureBoot, tpm, disks, interfaces } = parts
  return [
    row('Processor', cpu ? describeCpu(cpu) : null),
    row('Memory', memoryBytes === undefined ? null : memoryBytes === 'unknown' ? 'unknown' : formatSize(memoryBytes)),
    row('Firmware', firmware === undefined ? null : firmware === 'unknown' ? 'unknown' : firmware.toUpperCase()),
    row('Secure Boot', secureBoot === undefined ? null : SECURE_BOOT_WORDS[secureBoot]),
    row('TPM', tpm ? describeTpm(tpm) : null),
    row('Disks', disks ? describeDisks(disks) : null),
    row('Network', interfaces ? describeInterfaces(interfaces) : null),
  ]
}

const SECURE_BOOT_WORDS: Readonly<Record<Hardware['secureBoot'], string>> = {
  enabled: 'on',
  disabled: 'off',
  'setup-mode': 'in setup mode (no keys enrolled)',
  unsupported: 'not supported',
  unknown: 'unknown',
}

function describeCpu({ model, cores, isGuest }: Hardware['cpu']): string {
  const parts = [model === 'unknown' ? 'model unknown' : model]
  if (cores !== 'unknown') parts.push(cores === 1 ? '1 core' : `${cores} cores`)
  if (isGuest === true) parts.push('virtual machine')
  return parts.join(', ')
}

function describeTpm({ isPresent, version, isUsable }: Hardware['tpm']): string {
  if (isUsable) return `${version}, can unlock the disk`
  if (isPresent === false) return 'none: the passphrase will be asked for at each start'
  return version === '1.2' ? '1.2, too old to unlock the disk' : 'not usable: the passphrase will be asked for'
}

/** More of them are counted: what is said about the machine must stay in sight. The disk page has them all. */
const MANY_DISKS = 8

function describeDisks(disks: Hardware['disks']): string {
  if (disks.length === 0) return 'none found'
  if (disks.length <= MANY_DISKS)
    return disks.map(({ name, sizeBytes }) => `${name} ${formatSize(sizeBytes)}`).join(', ')
  const sizes = Map.groupBy(disks, ({ sizeBytes }) => formatSize(sizeBytes))
  return `${disks.length}: ${[...sizes].map(([size, alike]) => `${alike.length} of ${size}`).join(', ')}`
}

function describeInterfaces(interfaces: Hardware['interfaces']): string {
  if (interfaces.length === 0) return 'no interface found'
  return interfaces
    .map(({ name, hasCarrier, isWireless }) =>
      isWireless ? `${name} (wireless)` : hasCarrier === false ? `${name} (no cable)` : name,
    )
    .join(', ')
}
