import { join } from 'node:path'
import { build } from 'esbuild'

/** The lab's own programs that use the product's code: NAME.ts here is NAME.mjs in the guest's /opt/keystone/lab. */
export const LAB_PROGRAMS = ['task-runner', 'watch-journal'] as const

/** Bundles them into `folder`. They are no part of the installer. Takes about 0.3 s. */
export async function buildLabPrograms(folder: string): Promise<void> {
  await build({
    entryPoints: LAB_PROGRAMS.map((name) => join(import.meta.dirname, `${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    legalComments: 'none',
    // CommonJS packages in a bundle call require for Node's own modules.
    banner: { js: "import{createRequire as labRequire}from'node:module';const require=labRequire(import.meta.url);" },
    logLevel: 'warning',
  })
}
