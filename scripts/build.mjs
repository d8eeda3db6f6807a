// Bundles the installer: dist/keystone.mjs with its templates and phase scripts beside it.
import { chmod, cp, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { builtAt, continueOnNode24, ROOT, setUp, version } from './set-up.mjs'

/** Ink asks for this package under DEV=true only; it is not installed, and a static import of it would fail at the start. */
const withoutDevtools = {
  name: 'without-devtools',
  setup(bundling) {
    bundling.onResolve({ filter: /^react-devtools-core$/ }, () => ({ path: 'react-devtools-core', namespace: 'none' }))
    bundling.onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'export default {}' }))
  },
}

/** @returns the folder that holds the bundle */
export async function build(dist = join(ROOT, 'dist')) {
  const { build: bundle } = await import('esbuild')
  const fresh = `${dist}.new-${process.pid}`
  await rm(fresh, { recursive: true, force: true })
  await mkdir(fresh, { recursive: true })
  const { metafile } = await bundle({
    absWorkingDir: ROOT,
    metafile: true,
    entryPoints: [join(ROOT, 'src/cli.ts')],
    outdir: fresh,
    entryNames: 'keystone',
    chunkNames: 'parts/[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What is imported later becomes a part of its own: the first frame must not wait for code that it does not need.
    splitting: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    minify: true,
    legalComments: 'none',
    jsx: 'automatic',
    define: {
      'process.env.NODE_ENV': '"production"',
      'process.env.DEV': '"false"',
      // Yoga would fetch its own data: URI, which loads Node's whole HTTP client before the first frame.
      fetch: 'undefined',
      KEYSTONE_VERSION: JSON.stringify(version()),
      // Read in src/model/version.ts.
      KEYSTONE_BUILT_AT: JSON.stringify(builtAt()),
    },
    plugins: [withoutDevtools],
    banner: {
      // CommonJS packages in the bundle (react, handlebars) call require for Node's own modules.
      js: "#!/usr/bin/env node\nimport{createRequire as keystoneRequire}from'node:module';const require=keystoneRequire(import.meta.url);",
    },
    logLevel: 'warning',
  })
  await chmod(join(fresh, 'keystone.mjs'), 0o755)
  await cp(join(ROOT, 'templates'), join(fresh, 'templates'), { recursive: true })
  await cp(join(ROOT, 'scripts/phases'), join(fresh, 'phases'), { recursive: true })
  await writeNotices(metafile, fresh)
  await rm(dist, { recursive: true, force: true })
  await rename(fresh, dist)
  return dist
}

/** What of other people is in the bundle: their licence texts, and a list for the SBOM. */
async function writeNotices(metafile, folder) {
  // Loaded here: this file also starts on Node 20, which cannot read TypeScript.
  const { bundledPackages } = await import('./release/bundled-packages.ts')
  const { thirdPartyLicenses } = await import('./release/third-party-licenses.ts')
  const packages = await bundledPackages(metafile, ROOT)
  await writeFile(join(folder, 'THIRD-PARTY-LICENSES.txt'), await thirdPartyLicenses(packages, ROOT))
  await writeFile(join(folder, 'bundled-packages.json'), `${JSON.stringify(packages, null, 2)}\n`)
}

if (process.argv[1] === import.meta.filename || process.argv[1] === new URL(import.meta.url).pathname) {
  if (process.argv.includes('--on-node-24')) {
    console.log(`built ${await build()}`)
  } else {
    setUp()
    continueOnNode24('scripts/build.mjs', ['--on-node-24'])
  }
}
