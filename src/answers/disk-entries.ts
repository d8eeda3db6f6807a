import * as z from 'zod'
import type { Problem } from '../model/problem.ts'
import { closestWord } from '../steps/closest-word.ts'
import { DISK_LISTS, type DiskList } from '../steps/disk/disk-rules.ts'
import { checkedText, type FieldCheck, quote } from '../steps/field.ts'
import { parseSection, wrongTypeProblem } from '../steps/parse-step.ts'
import { parseFilterSize } from './filter-size.ts'

/** As written; a key that is not there says nothing. */
export type DiskFilter = {
  readonly type?: string | undefined
  readonly minSize?: string | undefined
  readonly maxSize?: string | undefined
  readonly model?: string | undefined
  readonly serial?: string | undefined
  readonly transport?: string | undefined
}

/** One entry of a list: a disk by its stable id, or a filter that finds `count` disks on the machine. */
export type DiskEntry = {
  readonly list: DiskList
  /** Position in the list, from 0. */
  readonly index: number
  /** The file says that what it names may be erased without a question. */
  readonly wipe: boolean
} & ({ readonly id: string } | { readonly filter: DiskFilter; readonly count: number | 'all' })

export const DISK_TYPES = ['nvme', 'ssd', 'hdd', 'virtual'] as const
const MOST_DISKS = 255

const checkSize: FieldCheck = (text) => {
  if (parseFilterSize(text) !== null) return null
  const message = `the size of a disk is a number with its unit, got ${quote(text)}`
  return { code: 'invalid-size', message, hint: 'such as 500 GB, 2TB or 465 GiB' }
}

const checkGlob: FieldCheck = (text) =>
  text.trim() === ''
    ? { code: 'invalid-filter', message: 'an empty text fits no disk', hint: 'such as "Samsung*"' }
    : null

const wipe = z.boolean().optional().describe('true: erase it without a question when nobody is there')

/** For editors, as the disk step's rule has it: JSON Schema knows patterns only as text. */
export const DEVICE_PATTERN = '^/dev/disk/by-id/[A-Za-z0-9._:+@=-]+$'

export const idEntrySchema = z.strictObject({
  id: z.string().meta({ description: '/dev/disk/by-id/…', pattern: DEVICE_PATTERN }),
  wipe,
})

const filterSchema = z.strictObject({
  type: z
    .enum(DISK_TYPES)
    .optional()
    .describe(`one of ${DISK_TYPES.join(', ')}`),
  minSize: checkedText(checkSize, 'not smaller than this, such as 500 GB').optional(),
  maxSize: checkedText(checkSize, 'not larger than this, such as 2 TB').optional(),
  model: checkedText(checkGlob, 'the model; * is any text, ? any one sign').optional(),
  serial: checkedText(checkGlob, 'the serial number; * is any text, ? any one sign').optional(),
  transport: checkedText(checkGlob, 'how it is connected, such as nvme, sata, usb or virtio').optional(),
})

export const matchEntrySchema = z.strictObject({
  match: filterSchema.describe('what the disk must be like; all of it must fit'),
  count: z
    .unknown()
    .superRefine((value, context) => {
      if (value === undefined || value === 'all') return
      if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MOST_DISKS) return
      const got = typeof value === 'number' || typeof value === 'string' ? `, got ${quote(String(value))}` : ''
      const message = `how many disks a filter takes is a number from 1 to ${MOST_DISKS}, or all${got}`
      const hint = typeof value === 'string' && /^\d+$/.test(value) ? 'write it without quotes' : undefined
      context.addIssue({ code: 'custom', message, params: { code: 'invalid-count', hint } })
    })
    .optional()
    .meta({
      description: 'how many disks; 1 when left out',
      anyOf: [{ type: 'integer', minimum: 1, maximum: MOST_DISKS }, { const: 'all' }],
    }),
  wipe,
})

/** The entries of all lists of a disk section, and what is wrong with how they are written. */
export function readDiskEntries(section: Readonly<Record<string, unknown>>): {
  readonly entries: readonly DiskEntry[]
  readonly problems: readonly Problem[]
} {
  const entries: DiskEntry[] = []
  const problems: Problem[] = []
  for (const list of DISK_LISTS) {
    const items = section[list]
    if (!Array.isArray(items)) continue
    for (const [index, item] of items.entries()) {
      const read = readEntry(list, index, item)
      if ('problems' in read) problems.push(...read.problems)
      else entries.push(read)
    }
  }
  return { entries, problems }
}

function readEntry(
  list: DiskList,
  index: number,
  item: unknown,
): DiskEntry | { readonly problems: readonly Problem[] } {
  const path = ['disk', list, index]
  if (typeof item === 'string') return { list, index, wipe: false, id: item }
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    const hint = 'write /dev/disk/by-id/…, or id: /dev/disk/by-id/…, or match: { … }'
    return { problems: [{ ...wrongTypeProblem(path, 'string', item), hint }] }
  }
  const isFilter = 'match' in item || !('id' in item)
  // Only the schema that the entry means is asked, so that its report is about one thing.
  if ('match' in item && 'id' in item) {
    const message = 'id and match are both given'
    return { problems: [{ code: 'disk-given-twice', path: [...path, 'match'], message, hint: 'keep one of them' }] }
  }
  if (isFilter && !('match' in item)) {
    const hint = 'write id: /dev/disk/by-id/…, or match: { … }'
    const known = new Set(['wipe', 'count'])
    const odd = Object.keys(item).find((key) => !known.has(key))
    const message = odd === undefined ? 'names no disk' : 'names no disk: it has neither id nor match'
    return { problems: [{ code: 'disk-not-named', path, message, hint }] }
  }
  const at = (problem: Problem): Problem => ({ ...problem, path: [...path, ...problem.path.slice(1)] })
  if (!isFilter) {
    const parsed = parseSection(idEntrySchema, list, item)
    if (!('value' in parsed)) return { problems: parsed.problems.map(at) }
    return { list, index, id: parsed.value.id, wipe: parsed.value.wipe === true }
  }
  const parsed = parseSection(matchEntrySchema, list, item)
  if (!('value' in parsed)) return { problems: parsed.problems.map((problem) => at(withFilterKeys(problem))) }
  const { match, count } = parsed.value
  const contradiction = filterContradiction(match)
  if (contradiction) return { problems: [{ ...contradiction, path: [...path, 'match', ...contradiction.path] }] }
  return {
    list,
    index,
    filter: match,
    count: (count as number | 'all' | undefined) ?? 1,
    wipe: parsed.value.wipe === true,
  }
}

/** "Did you mean" knows the keys of the entry; inside `match` others are known. */
function withFilterKeys(problem: Problem): Problem {
  if (problem.code !== 'unknown-key' || problem.path[1] !== 'match') return problem
  return { ...problem, ...unknownFilterKey(String(problem.path.at(-1))) }
}

function unknownFilterKey(key: string): Pick<Problem, 'hint'> {
  if (key === 'count' || key === 'wipe') return { hint: `${key} stands beside match, not in it` }
  const meant = closestWord(key, Object.keys(filterSchema.shape))
  return { hint: meant ? `did you mean ${meant}?` : `known are ${Object.keys(filterSchema.shape).join(', ')}` }
}

function filterContradiction(filter: DiskFilter): Problem | null {
  const { minSize, maxSize } = filter
  if (Object.values(filter).every((value) => value === undefined)) {
    const hint = `give at least one of ${Object.keys(filterSchema.shape).join(', ')}`
    return { code: 'invalid-filter', path: [], message: 'a filter that says nothing would take any disk', hint }
  }
  const [least, most] = [parseFilterSize(minSize ?? '0 B'), parseFilterSize(maxSize ?? '999999 PB')]
  if (least === null || most === null || least <= most) return null
  const message = `minSize must not be larger than maxSize, got ${minSize} and ${maxSize}`
  return { code: 'invalid-filter', path: ['minSize'], message }
}
