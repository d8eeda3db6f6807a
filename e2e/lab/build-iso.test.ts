import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ISO_ESP_LABEL, ISO_LABEL } from './build-iso.ts'

const root = join(import.meta.dirname, '../..')

test("no part of the lab's medium bears the label by which an answer file is looked for", async () => {
  const unit = await readFile(join(root, 'iso/units/keystone-answers'), 'utf8')
  const wanted = /LABEL=\\"(\w+)\\"/.exec(unit)?.[1]
  expect(wanted).toBe('KEYSTONE')
  expect([ISO_LABEL, ISO_ESP_LABEL]).not.toContain(wanted)
  // The initrd finds the medium by its label: there must be one only.
  expect(ISO_ESP_LABEL).not.toBe(ISO_LABEL)
  expect(ISO_ESP_LABEL).toMatch(/^[A-Z_]{1,11}$/)
  // What is written on the ESP is that constant and nothing else.
  const source = await readFile(join(import.meta.dirname, 'build-iso.ts'), 'utf8')
  expect(source.match(/'-n', [^,]+/g)).toEqual(["'-n', ISO_ESP_LABEL"])
})
