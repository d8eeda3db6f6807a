import { expect, test } from 'vitest'
import { fakeSystem } from '../testing/fake-system.ts'
import { readTpm } from './tpm.ts'

const TPM2 = {
  '/sys/class/tpm/tpm0/tpm_version_major': '2\n',
  '/sys/class/tpm/tpm0/pcr-sha256/0': '3D45…\n',
  '/dev/tpmrm0': null,
}

const read = async (files: Record<string, string | null>) => {
  const { value, problems } = await readTpm(fakeSystem({ files, directories: ['/sys/class'] }))
  return { ...value.tpm, problems: problems.map((problem) => problem.code) }
}

test('a TPM2 that answers is usable', async () => {
  expect(await read(TPM2)).toEqual({ isPresent: true, version: '2.0', isUsable: true, problems: [] })
})

test('a TPM2 that does not give its PCR is there, but not usable', async () => {
  const files = { ...TPM2, '/sys/class/tpm/tpm0/pcr-sha256/0': null }
  expect(await read(files)).toEqual({ isPresent: true, version: '2.0', isUsable: false, problems: ['tpm-not-usable'] })
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
