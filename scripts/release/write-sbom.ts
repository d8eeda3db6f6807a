// Called by make-sbom.sh: node write-sbom.ts cyclonedx|spdx NPM_SBOM BUNDLED_PACKAGES EPOCH > file
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundledCycloneDx, bundledSpdx } from './sbom.ts'

const [format, full, packages, epoch] = process.argv.slice(2)
if (full === undefined || packages === undefined || (format !== 'cyclonedx' && format !== 'spdx')) {
  throw new Error('write-sbom.ts cyclonedx|spdx NPM_SBOM BUNDLED_PACKAGES EPOCH')
}
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
const { name, version } = json(join(import.meta.dirname, '../../package.json'))
const delivery = { name, version, secondsSinceEpoch: Number(epoch) }
const bundled = json(packages)
const document =
  format === 'cyclonedx' ? bundledCycloneDx(json(full), bundled, delivery) : bundledSpdx(json(full), bundled, delivery)
process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
