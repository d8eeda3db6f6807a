import { expect, test } from 'vitest'
import { fakeSystem } from '../testing/fake-system.ts'
import { readTpm } from './tpm.ts'

const TPM2 = {
  '/sys/class/tpm/tpm0/tpm_version_major': '2\n',
  '/sys/class/tpm/tpm0/pcr-sha256/0': '3D45…\n',
  '/dev/tpmrm0': null,
}

const read = async (files: Record<string, string | null>, answers: Record<string, Uint8Array> = {}) => {
  const { value, problems } = await readTpm(fakeSystem({ files, answers, directories: ['/sys/class'] }))
  return { ...value.tpm, problems: problems.map((problem) => problem.code) }
}

test('a TPM2 that answers is usable', async () => {
  expect(await read(TPM2)).toEqual({
    isPresent: true,
    version: '2.0',
    isUsable: true,
    isLockedOut: 'unknown',
    problems: [],
  })
})

test('a TPM2 that does not give its PCR is there, but not usable', async () => {
  const files = { ...TPM2, '/sys/class/tpm/tpm0/pcr-sha256/0': null }
  expect(await read(files)).toMatchObject({
    isPresent: true,
    version: '2.0',
    isUsable: false,
    problems: ['tpm-not-usable'],
  })
})

test('a TPM2 without the resource manager is not usable', async () => {
  const { '/dev/tpmrm0': _, ...files } = TPM2
  expect(await read(files)).toMatchObject({ isUsable: false, problems: ['tpm-not-usable'] })
})

test('a TPM 1.2 is no use, and no problem either', async () => {
  const files = { '/sys/class/tpm/tpm0/tpm_version_major': '1\n' }
  expect(await read(files)).toEqual({ isPresent: true, version: '1.2', isUsable: false, problems: [] })
})

test('a TPM that only the firmware knows needs a driver', async () => {
  const files = { '/sys/firmware/acpi/tables/TPM2': null }
  expect(await read(files)).toEqual({
    isPresent: true,
    version: '2.0',
    isUsable: false,
    problems: ['tpm-without-driver'],
  })
})

test('no TPM is no problem', async () => {
  expect(await read({})).toEqual({ isPresent: false, version: 'unknown', isUsable: false, problems: [] })
})

test('without sysfs nobody knows', async () => {
  const { value, problems } = await readTpm(fakeSystem())
  expect(value.tpm).toEqual({ isPresent: 'unknown', version: 'unknown', isUsable: false })
  expect(problems.map((problem) => problem.code)).toEqual(['cannot-read-tpm'])
})

/** What swtpm answers to the question, with TPMA_PERMANENT as given. */
const permanent = (value: string) =>
  Uint8Array.from(Buffer.from(`80010000001b0000000001000000060000000100000200${value}`, 'hex'))

test('asks the TPM2 whether it is in lockout', async () => {
  const at = (value: string) => read(TPM2, { '/dev/tpmrm0': permanent(value) })
  expect(await at('00000400')).toMatchObject({ isUsable: true, isLockedOut: false, problems: [] })
  expect(await at('00000600')).toMatchObject({ isUsable: true, isLockedOut: true, problems: ['tpm-locked-out'] })
})

test('takes nothing else for an answer about the lockout', async () => {
  const good = permanent('00000600')
  const failed = Uint8Array.of(0x80, 0x01, 0, 0, 0, 10, 0, 0, 0x09, 0x22)
  const otherProperty = good.with(22, 0x01)
  for (const answer of [good.subarray(0, 26), failed, otherProperty, new Uint8Array()]) {
    expect(await read(TPM2, { '/dev/tpmrm0': answer })).toMatchObject({ isLockedOut: 'unknown', problems: [] })
  }
})
