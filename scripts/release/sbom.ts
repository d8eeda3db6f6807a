import { createHash } from 'node:crypto'
import type { BundledPackage } from './bundled-packages.ts'

/** npm's SBOM is about everything that is installed, tools and tests too. These functions keep of it what the bundle
 *  contains, and make it the same for the same bundle: npm's own has the time of day and a random number in it. */

type Property = { readonly name: string; readonly value: string }

/** What we read of CycloneDX 1.5 as npm writes it; everything else passes as it is. */
export type CycloneDx = {
  readonly serialNumber: string
  readonly metadata: { readonly timestamp: string; readonly component: Component }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}
type Component = {
  readonly 'bom-ref': string
  readonly type: string
  readonly name: string
  readonly version: string
  readonly properties?: readonly Property[]
}

/** What we read of SPDX 2.3 as npm writes it. */
export type Spdx = {
  readonly name: string
  readonly documentNamespace: string
  readonly documentDescribes: readonly string[]
  readonly creationInfo: { readonly created: string; readonly creators: readonly string[] }
  readonly packages: readonly SpdxPackage[]
  readonly relationships: readonly {
    readonly spdxElementId: string
    readonly relatedSpdxElement: string
    readonly relationshipType: string
  }[]
}
type SpdxPackage = { readonly SPDXID: string; readonly name: string; readonly versionInfo: string }

/** What the document is about, and when: the commit's time, not now. */
export type Delivery = { readonly name: string; readonly version: string; readonly secondsSinceEpoch: number }

/** Throws when npm does not know a bundled package: then node_modules is not what package-lock.json says. */
export function bundledCycloneDx(full: CycloneDx, packages: readonly BundledPackage[], delivery: Delivery): CycloneDx {
  const components = keep(full.components, packages, ({ name, version }) => `${name}@${version}`)
  const refs = new Set(components.map((component) => component['bom-ref']))
  const root = full.metadata.component['bom-ref']
  const dependencies = full.dependencies
    .filter(({ ref }) => ref === root || refs.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) }))
  return {
    ...full,
    serialNumber: `urn:uuid:${uuidOf(packages, delivery)}`,
    metadata: {
      ...full.metadata,
      timestamp: timeOf(delivery),
      // npm takes the folder's name for the project's, and takes every project for a library.
      component: { ...full.metadata.component, type: 'application', name: delivery.name, version: delivery.version },
    },
    components: components.map(asDelivered),
    dependencies: dependencies.map((entry) =>
      entry.ref === root ? { ref: root, dependsOn: [...entry.dependsOn, ...orphans(root, dependencies, refs)] } : entry,
    ),
  }
}

/** As bundledCycloneDx. Every package is said to be contained in ours: that is what bundling means. */
export function bundledSpdx(full: Spdx, packages: readonly BundledPackage[], delivery: Delivery): Spdx {
  const root = full.packages.find(({ SPDXID }) => full.documentDescribes.includes(SPDXID))
  if (root === undefined) throw new Error("npm's SPDX document does not say which package it describes")
  const kept = keep(full.packages, packages, ({ name, versionInfo }) => `${name}@${versionInfo}`)
  const ids = new Set(kept.map(({ SPDXID }) => SPDXID))
  return {
    ...full,
    documentNamespace: `http://spdx.org/spdxdocs/${delivery.name}-${delivery.version}-${uuidOf(packages, delivery)}`,
    creationInfo: { ...full.creationInfo, created: timeOf(delivery) },
    packages: [{ ...root, primaryPackagePurpose: 'APPLICATION' } as SpdxPackage, ...kept],
    relationships: [
      ...full.relationships.filter(({ relationshipType }) => relationshipType === 'DESCRIBES'),
      ...[...ids].map((id) => ({
        spdxElementId: root.SPDXID,
        relatedSpdxElement: id,
        relationshipType: 'CONTAINS',
      })),
      ...full.relationships.filter((edge) => ids.has(edge.spdxElementId) && ids.has(edge.relatedSpdxElement)),
    ],
  }
}

function keep<T>(all: readonly T[], packages: readonly BundledPackage[], nameOf: (entry: T) => string): T[] {
  // The same version can be installed in several places; npm and we then name it once.
  const wanted = new Set(packages.map(({ name, version }) => `${name}@${version}`))
  const kept = all.filter((entry) => wanted.has(nameOf(entry)))
  const known = new Set(kept.map(nameOf))
  const unknown = [...wanted].filter((name) => !known.has(name))
  if (unknown.length > 0) throw new Error(`npm does not list these packages of the bundle: ${unknown.join(', ')}`)
  return kept
}

/** Ours are all devDependencies, because they are bundled: in the bundle they are not for development only. */
function asDelivered(component: Component): Component {
  const properties = component.properties?.filter(({ name }) => name !== 'cdx:npm:package:development')
  return properties === undefined ? component : { ...component, properties }
}

/** Packages that no kept package asks for: what did is not in the bundle, so they hang on the root. */
function orphans(root: string, dependencies: CycloneDx['dependencies'], refs: ReadonlySet<string>): string[] {
  const reached = new Set<string>()
  const visit = (ref: string) => {
    if (reached.has(ref)) return
    reached.add(ref)
    for (const next of dependencies.find((entry) => entry.ref === ref)?.dependsOn ?? []) visit(next)
  }
  visit(root)
  return [...refs].filter((ref) => !reached.has(ref))
}

/** Without fractions of a second: SPDX does not allow them. */
function timeOf({ secondsSinceEpoch }: Delivery): string {
  return new Date(secondsSinceEpoch * 1000).toISOString().replace('.000Z', 'Z')
}

/** A UUID of version 8 (RFC 9562: the maker decides the bits) over what is delivered. */
function uuidOf(packages: readonly BundledPackage[], delivery: Delivery): string {
  const hex = createHash('sha256')
    .update(JSON.stringify([delivery, packages]))
    .digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
