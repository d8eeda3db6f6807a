import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { MEDIUM_VERSION_FILE } from '../../src/model/paths.ts'
import { buildImage, type LabImage } from './build-image.ts'
import { buildBundleDir } from './bundle-disk.ts'
import { isoTools, requireTools, toolPath } from './tools.ts'

const run = promisify(execFile)

/** The ISO's volume label; the kernel line names it, and the live system finds its medium by it. */
export const ISO_LABEL = 'KEYSTONE_LAB'

/** Not KEYSTONE: on a stick the ESP is a partition, and that is the label of one with an answer file. Not the volume's
 *  either: the live system would find two media. */
export const ISO_ESP_LABEL = 'LAB_ESP'

// Kernel and initramfs with room for FAT's own tables; the boot loader is 0.1 MB.
const ESP_MIB = 24

/** The arguments of every entry: what keeps other writers off the wizard's screen, and what only makes the lab quick. */
const KERNEL_LINE = [
  'console=ttyS0,115200 console=tty1 quiet loglevel=1 systemd.show_status=false rd.udev.log_level=3 udev.log_level=3',
  'mitigations=off module_blacklist=kvm_amd audit=0 systemd.firstboot=off fsck.mode=skip systemd.gpt_auto=0 panic=-1',
  'oops=panic',
].join(' ')

export type IsoOptions = {
  image: LabImage
  /** The installer: what buildBundleDisk takes. */
  bundleDir: string
  out: string
  /** Added to the kernel line of every entry, such as `copytoram` or `keystone.answers=/iso/…`. */
  kernelArguments?: readonly string[]
  /** More files on the medium: path from its root (`keystone/answers.yaml`) -> content. */
  files?: Readonly<Record<string, string>>
}

/** Makes a bootable ISO of the lab's live system and the given installer, in about two seconds from the image's parts.
 *  Boots by UEFI as a CD (El Torito) and as a stick (GPT with an EFI partition). On it: live/root.squashfs,
 *  live/bundle/, keystone/version. Throws when a program is missing or fails. */
export async function buildLabIso({
  image,
  bundleDir,
  out,
  kernelArguments = [],
  files = {},
}: IsoOptions): Promise<void> {
  await requireTools(isoTools)
  const work = await mkdtemp(join(tmpdir(), 'keystone-iso-'))
  const partial = `${out}.${process.pid}`
  try {
    const tree = join(work, 'tree')
    await buildBundleDir(bundleDir, join(tree, 'live/bundle'))
    for (const [path, content] of Object.entries({ [MEDIUM_VERSION_FILE]: 'lab\n', ...files })) {
      await mkdir(dirname(join(tree, path)), { recursive: true })
      await writeFile(join(tree, path), content)
    }
    const esp = join(work, 'esp.img')
    await makeEsp(image, esp, work, [KERNEL_LINE, `keystone.medium=${ISO_LABEL}`, ...kernelArguments].join(' '))
    await mkdir(dirname(out), { recursive: true })
    await rm(partial, { force: true })
    await program('xorriso', [
      ...['-as', 'mkisofs', '-quiet', '-o', partial, '-volid', ISO_LABEL, '-iso-level', '3', '-full-iso9660-filenames'],
      ...['-rational-rock', '-append_partition', '2', 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B', esp],
      ...['-appended_part_as_gpt', '-eltorito-alt-boot', '-e', '--interval:appended_partition_2:all::'],
      ...[
        '-no-emul-boot',
        '-graft-points',
        `/=${tree}`,
        `/live/root.squashfs=${join(image.isoParts, 'root.squashfs')}`,
      ],
    ])
    await rename(partial, out)
  } finally {
    await rm(work, { recursive: true, force: true })
    await rm(partial, { force: true })
  }
}

async function makeEsp(image: LabImage, esp: string, work: string, kernelLine: string): Promise<void> {
  const entry = (title: string, key: string, options: string) =>
    `title ${title}\nsort-key ${key}\nlinux /EFI/keystone/vmlinuz\ninitrd /EFI/keystone/initrd\noptions ${options}\n`
  const texts: Record<string, string> = {
    'loader.conf': 'timeout 1\ndefault keystone.conf\neditor yes\n',
    'keystone.conf': entry('Keystone lab installer', 'a', kernelLine),
    'keystone-copytoram.conf': entry('Keystone lab installer, copied to memory', 'b', `${kernelLine} copytoram`),
  }
  for (const [name, text] of Object.entries(texts)) await writeFile(join(work, name), text)
  await program('mkfs.vfat', ['-C', '-n', ISO_ESP_LABEL, esp, String(ESP_MIB * 1024)])
  await program('mmd', ['-i', esp, '::EFI', '::EFI/BOOT', '::EFI/keystone', '::loader', '::loader/entries'])
  const copies: Record<string, string> = {
    'EFI/BOOT/BOOTX64.EFI': join(image.isoParts, 'BOOTX64.EFI'),
    'EFI/keystone/vmlinuz': image.kernel,
    'EFI/keystone/initrd': join(image.isoParts, 'initrd'),
    'loader/loader.conf': join(work, 'loader.conf'),
    'loader/entries/keystone.conf': join(work, 'keystone.conf'),
    'loader/entries/keystone-copytoram.conf': join(work, 'keystone-copytoram.conf'),
  }
  for (const [path, source] of Object.entries(copies)) await program('mcopy', ['-i', esp, source, `::${path}`])
}

async function program(name: string, args: readonly string[]): Promise<void> {
  await run(name, [...args], { env: { ...process.env, PATH: toolPath() } })
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { bundle: { type: 'string', default: 'dist' }, kernel: { type: 'string', multiple: true, default: [] } },
  })
  const out = positionals[0] ?? 'lab.iso'
  const image = await buildImage({ onProgress: ({ text }) => console.error(text) })
  await buildLabIso({ image, bundleDir: values.bundle, out, kernelArguments: values.kernel })
  console.log(out)
}
