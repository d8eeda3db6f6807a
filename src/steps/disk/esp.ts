import { LARGEST_ESP_BYTES, SMALLEST_ESP_BYTES } from '../../plan/sizes.ts'
import type { FieldCheck } from '../field.ts'
import { sizeFinding } from './disk-size.ts'

/** What the answer file takes when it says nothing. */
export const DEFAULT_ESP = '1GiB'

/** The boot partition as a person writes it: `1GiB`. */
export const checkEsp: FieldCheck = (text) =>
  sizeFinding(text, {
    what: 'esp',
    least: SMALLEST_ESP_BYTES,
    most: LARGEST_ESP_BYTES,
    example: '1GiB',
  })
