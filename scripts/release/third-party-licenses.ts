import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BundledPackage } from './bundled-packages.ts'

/** Texts of packages that name their licence, but do not bring its text: <name>.txt, `/` of a scope written as `__`. */
const ADDED_TEXTS = join(import.meta.dirname, 'licenses')

const LICENSE_FILE = /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i

/** The notices that the licences of the bundled packages ask to be kept with every copy (the bundler strips comments).
 *  Throws for a package without a text: then one belongs into scripts/release/licenses. */
export async function thirdPartyLicenses(packages: readonly BundledPackage[], root: string): Promise<string> {
  const sections: string[] = []
  for (const { name, version, license, folder } of packages) {
    const texts = await licenseTexts(name, join(root, folder))
    if (texts.length === 0) {
      throw new Error(
        `${folder} (${license}) has no licence file: add its text as scripts/release/licenses/${addedName(name)}`,
      )
    }
    sections.push(`${name} ${version} (${license})\n\n${texts.join('\n\n')}`)
  }
  const rule = `\n\n${'-'.repeat(80)}\n\n`
  return `The Keystone bundle contains the following packages.${rule}${sections.join(rule)}\n`
}

async function licenseTexts(name: string, folder: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((file) => LICENSE_FILE.test(file)).sort()
  const paths = files.length > 0 ? files.map((file) => join(folder, file)) : await addedText(name)
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')))
  return texts.map((text) => text.replaceAll('\r\n', '\n').trim())
}

async function addedText(name: string): Promise<string[]> {
  const wanted = addedName(name)
  return (await readdir(ADDED_TEXTS)).filter((file) => file === wanted).map((file) => join(ADDED_TEXTS, file))
}

function addedName(name: string): string {
  return `${name.replace('/', '__')}.txt`
}
