import { createHash } from 'node:crypto'
import { UserError } from '../system/errors.ts'
import type { System } from '../system/system.ts'
import { type BootEntry, readBootCatalogue } from './boot-catalogue.ts'
import { type EfiPartition, readEfiPartition } from './efi-partition.ts'

/** What firmware and boot loader look for on an ISO image. */
export type Volume = {
  /** The label that the live system finds its medium by. */
  readonly label: string
  /** The 16 digits that GRUB and blkid take for the UUID: `2026112306061900`; null when the image has none. */
  readonly uuid: string | null
  readonly hasJoliet: boolean
  /** For a DVD, and for firmware that treats a stick as one. */
  readonly bootEntries: readonly BootEntry[]
  /** For a USB stick. */
  readonly efiPartition: EfiPartition | null
  /** SHA-256 of what UEFI firmware reads from those: equal means that the same boot loader starts. */
  readonly loaders: { readonly dvd: string | null; readonly stick: string | null }
}

/** Of every block address of an ISO image. Source: ECMA-119, and El Torito 1.0. */
export const ISO_BLOCK_BYTES = 2048
const FIRST_DESCRIPTOR = 16
/** An image has four or five; a foreign file must not keep us looking. */
const MOST_DESCRIPTORS = 32
const HASHED_AT_ONCE_BYTES = 4 * 1024 ** 2

/** Reads the image's own records, without a program. Throws UserError for what is no ISO image. */
export async function readVolume(system: System, iso: string): Promise<Volume> {
  const read = (start: number, length: number) => readExactly(system, iso, start, length)
  if ((await system.readBytes(iso, { start: 0, length: 1 })) === null) {
    throw new UserError(`cannot read ${iso}`, { nextSteps: ['check the path and its permissions'] })
  }
  const descriptors = await readDescriptors(read)
  const primary = descriptors.find(([type]) => type === 1)
  if (!primary) throw new UserError(`${iso} is no ISO image`, { nextSteps: ['give the .iso file itself'] })
  const text = (start: number, length: number) =>
    new TextDecoder('latin1').decode(primary.subarray(start, start + length))
  const changedAt = text(830, 16)

  const bootEntries = await readBootCatalogue(descriptors, read)
  const efiPartition = await readEfiPartition(read)
  const dvd = bootEntries.find(isUefi)
  return {
    label: text(40, 32).trimEnd(),
    uuid: /^[1-9]\d{15}$/.test(changedAt) ? changedAt : null,
    hasJoliet: descriptors.some(isJoliet),
    bootEntries,
    efiPartition,
    loaders: {
      dvd: dvd ? await hashOf(read, dvd) : null,
      stick: efiPartition ? await hashOf(read, efiPartition) : null,
    },
  }
}

export function isUefi({ platform, isBootable }: BootEntry): boolean {
  return platform === 0xef && isBootable
}

/** Bytes of the image; null behind its end. */
export type ReadImage = (start: number, length: number) => Promise<Uint8Array | null>

async function readExactly(system: System, iso: string, start: number, length: number): Promise<Uint8Array | null> {
  const bytes = await system.readBytes(iso, { start, length })
  return bytes?.length === length ? bytes : null
}

async function readDescriptors(read: ReadImage): Promise<readonly Uint8Array[]> {
  const descriptors: Uint8Array[] = []
  for (let block = FIRST_DESCRIPTOR; block < FIRST_DESCRIPTOR + MOST_DESCRIPTORS; block++) {
    const descriptor = await read(block * ISO_BLOCK_BYTES, ISO_BLOCK_BYTES)
    const isOne = descriptor !== null && new TextDecoder('latin1').decode(descriptor.subarray(1, 6)) === 'CD001'
    // 255 ends the list.
    if (!isOne || descriptor[0] === 255) break
    descriptors.push(descriptor)
  }
  return descriptors
}

/** A supplementary descriptor with one of the three escape sequences of UCS-2. Source: Joliet Specification. */
function isJoliet(descriptor: Uint8Array): boolean {
  const [first, second, level = 0] = descriptor.subarray(88, 91)
  return descriptor[0] === 2 && first === 0x25 && second === 0x2f && [0x40, 0x43, 0x45].includes(level)
}

async function hashOf(read: ReadImage, place: { startBytes: number; sizeBytes: number }): Promise<string | null> {
  const hash = createHash('sha256')
  for (let done = 0; done < place.sizeBytes; done += HASHED_AT_ONCE_BYTES) {
    const bytes = await read(place.startBytes + done, Math.min(HASHED_AT_ONCE_BYTES, place.sizeBytes - done))
    if (bytes === null) return null
    hash.update(bytes)
  }
  return hash.digest('hex')
}
