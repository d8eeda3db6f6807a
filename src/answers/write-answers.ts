import { Document, isMap, isScalar } from 'yaml'
import type { Answers } from '../model/answers.ts'
import { GIB, MIB } from '../model/size.ts'
import { CURRENT_VERSION } from './migrations.ts'

/** Answers as an answer file (YAML), without the secrets: in their place stand `passphraseFile` and `passwordFile` with
 *  names of files to be written by hand. It does not confirm the erasing either; a comment shows how. */
export function writeAnswers(answers: Answers): string {
  const { disk, encryption, network, identity, cluster } = answers
  const document = new Document({
    version: CURRENT_VERSION,
    disk: { layout: disk.layout, devices: disk.devices, swap: sizeText(disk.swapBytes) },
    encryption: {
      passphraseFile: 'passphrase.txt',
      tpmUnlock: encryption.tpmUnlock,
      recoveryKey: encryption.recoveryKey,
    },
    network: {
      interface: network.interface,
      mode: network.mode,
      ...(network.address !== null && { address: network.address }),
      ...(network.gateway !== null && { gateway: network.gateway }),
      ...(network.nameservers.length > 0 && { nameservers: network.nameservers }),
    },
    identity: {
      hostName: identity.hostName,
      userName: identity.userName,
      passwordFile: 'password.txt',
      sshKeys: identity.sshKeys,
    },
    cluster: { name: cluster.name, role: cluster.role },
  })
  comment(document, ['encryption', 'passphraseFile'], ' Not exported: write the passphrase into this file (mode 0600).')
  comment(document, ['identity', 'passwordFile'], ' Not exported: write the password into this file (mode 0600).')
  document.comment = [
    ' An install without questions erases only what is confirmed here:',
    ' confirm:',
    '   erase:',
    ...disk.devices.map((device) => `     - ${device}`),
  ].join('\n')
  // Folding would break SSH keys over several lines: valid, and unreadable.
  return document.toString({ lineWidth: 0 })
}

function comment(document: Document, path: readonly [string, string], text: string): void {
  const section = document.get(path[0], true)
  if (!isMap(section)) return
  const key = section.items.map((pair) => pair.key).find((each) => isScalar(each) && each.value === path[1])
  if (isScalar(key)) key.commentBefore = text
}

/** Exact, unlike formatSize: reading it back gives the same bytes. */
function sizeText(bytes: number): string {
  if (bytes === 0) return '0'
  return bytes % GIB === 0 ? `${bytes / GIB}GiB` : `${bytes / MIB}MiB`
}
