import { expect, test } from 'vitest'
import { packageFolder } from './bundled-packages.ts'
import { bundledCycloneDx, bundledSpdx, type CycloneDx, type Spdx } from './sbom.ts'

const delivery = { name: 'keystone', version: '1.2.3', secondsSinceEpoch: 1_800_000_000 }
const bundled = (...names: string[]) =>
  names.map((name) => ({ name, version: '1.0.0', license: 'MIT', folder: `node_modules/${name}` }))

const component = (name: string, development = true) => ({
  'bom-ref': `${name}@1.0.0`,
  type: 'library',
  name,
  version: '1.0.0',
  properties: [
    { name: 'cdx:npm:package:path', value: `node_modules/${name}` },
    ...(development ? [{ name: 'cdx:npm:package:development', value: 'true' }] : []),
  ],
})

// As npm writes it: the root asks for a screen and a test tool; what the tool brings is bundled, the tool is not.
const cycloneDx: CycloneDx = {
  serialNumber: 'urn:uuid:random',
  metadata: {
    timestamp: '2001-01-01T00:00:00.000Z',
    component: { 'bom-ref': 'keystone@1.2.3', type: 'library', name: 'folder', version: '1.2.3' },
  },
  components: [component('screen'), component('tool'), component('brought'), component('part')],
  dependencies: [
    { ref: 'keystone@1.2.3', dependsOn: ['screen@1.0.0', 'tool@1.0.0'] },
    { ref: 'screen@1.0.0', dependsOn: ['part@1.0.0', 'tool@1.0.0'] },
    { ref: 'tool@1.0.0', dependsOn: ['brought@1.0.0'] },
    { ref: 'brought@1.0.0', dependsOn: [] },
    { ref: 'part@1.0.0', dependsOn: [] },
  ],
}

test('CycloneDX keeps the bundled packages, and hangs those on the root that nothing in it asks for', () => {
  const document = bundledCycloneDx(cycloneDx, bundled('screen', 'part', 'brought'), delivery)
  expect(document.components.map(({ name }) => name)).toEqual(['screen', 'brought', 'part'])
  expect(document.dependencies).toEqual([
    { ref: 'keystone@1.2.3', dependsOn: ['screen@1.0.0', 'brought@1.0.0'] },
    { ref: 'screen@1.0.0', dependsOn: ['part@1.0.0'] },
    { ref: 'brought@1.0.0', dependsOn: [] },
    { ref: 'part@1.0.0', dependsOn: [] },
  ])
})

test('CycloneDX does not call a delivered package one for development', () => {
  const [screen] = bundledCycloneDx(cycloneDx, bundled('screen'), delivery).components
  expect(screen?.properties).toEqual([{ name: 'cdx:npm:package:path', value: 'node_modules/screen' }])
})

test("CycloneDX has our name, the commit's time, and a number that only the content decides", () => {
  const of = (...names: string[]) => bundledCycloneDx(cycloneDx, bundled(...names), delivery)
  expect(of('screen').metadata).toEqual({
    timestamp: '2027-01-15T08:00:00Z',
    component: { 'bom-ref': 'keystone@1.2.3', type: 'application', name: 'keystone', version: '1.2.3' },
  })
  expect(of('screen').serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(of('screen')).toEqual(of('screen'))
  expect(of('screen').serialNumber).not.toBe(of('part').serialNumber)
})

const spdxPackage = (name: string) => ({ SPDXID: `SPDXRef-${name}`, name, versionInfo: '1.0.0' })
const spdx: Spdx = {
  name: 'keystone@1.2.3',
  documentNamespace: 'http://spdx.org/spdxdocs/random',
  documentDescribes: ['SPDXRef-keystone'],
  creationInfo: { created: '2001-01-01T00:00:00.000Z', creators: ['Tool: npm'] },
  packages: [spdxPackage('keystone'), spdxPackage('screen'), spdxPackage('tool'), spdxPackage('part')],
  relationships: [
    { spdxElementId: 'SPDXRef-DOCUMENT', relatedSpdxElement: 'SPDXRef-keystone', relationshipType: 'DESCRIBES' },
    { spdxElementId: 'SPDXRef-tool', relatedSpdxElement: 'SPDXRef-keystone', relationshipType: 'DEV_DEPENDENCY_OF' },
    { spdxElementId: 'SPDXRef-part', relatedSpdxElement: 'SPDXRef-screen', relationshipType: 'DEPENDENCY_OF' },
    { spdxElementId: 'SPDXRef-tool', relatedSpdxElement: 'SPDXRef-screen', relationshipType: 'DEPENDENCY_OF' },
  ],
}

test('SPDX says of every bundled package that ours contains it', () => {
  const document = bundledSpdx(spdx, bundled('screen', 'part'), delivery)
  expect(document.packages.map(({ name }) => name)).toEqual(['keystone', 'screen', 'part'])
  expect(document.creationInfo.created).toBe('2027-01-15T08:00:00Z')
  expect(document.relationships).toEqual([
    { spdxElementId: 'SPDXRef-DOCUMENT', relatedSpdxElement: 'SPDXRef-keystone', relationshipType: 'DESCRIBES' },
    { spdxElementId: 'SPDXRef-keystone', relatedSpdxElement: 'SPDXRef-screen', relationshipType: 'CONTAINS' },
    { spdxElementId: 'SPDXRef-keystone', relatedSpdxElement: 'SPDXRef-part', relationshipType: 'CONTAINS' },
    { spdxElementId: 'SPDXRef-part', relatedSpdxElement: 'SPDXRef-screen', relationshipType: 'DEPENDENCY_OF' },
  ])
})

test('refuses a bundle with a package that npm does not list', () => {
  expect(() => bundledCycloneDx(cycloneDx, bundled('screen', 'stranger'), delivery)).toThrow('stranger@1.0.0')
  expect(() => bundledSpdx(spdx, bundled('stranger'), delivery)).toThrow('stranger@1.0.0')
})

test.each([
  ['node_modules/ink/build/index.js', 'node_modules/ink'],
  ['node_modules/@sec-ant/readable-stream/dist/a.js', 'node_modules/@sec-ant/readable-stream'],
  ['node_modules/ink/node_modules/signal-exit/index.js', 'node_modules/ink/node_modules/signal-exit'],
  ['src/cli.ts', null],
  ['none:react-devtools-core', null],
])('the package of %s is %s', (path, folder) => {
  expect(packageFolder(path)).toBe(folder)
})
