import { Document, isMap, isScalar } from 'yaml'
import type { Answers } from '../model/answers.ts'
import { GIB, MIB } from '../model/size.ts'
import { erasedDisks } from '../plan/confirmation.ts'
import type { Drafts } from '../steps/step.ts'
import { CURRENT_VERSION } from './migrations.ts'

type Section<Id extends keyof Drafts> = Partial<Record<keyof Drafts[Id] | `${string}File`, unknown>>

/** Answers as an answer file (YAML), without the secrets: in their place stand KFile keys with names of files to be written
 *  by hand. It does not allow to erase the disks either; a comment shows how. */
export function writeAnswers(answers: Answers): string {
  const document = new Document({
    version: CURRENT_VERSION,
    system: answers.system satisfies Section<'system'>,
    disk: diskSection(answers.disk),
    encryption: encryptionSection(answers.encryption),
    network: networkSection(answers.network),
    identity: identitySection(answers.identity),
    cluster: clusterSection(answers.cluster),
  })
  for (const section of ['encryption', 'network', 'identity', 'cluster']) commentSecrets(document, section)
  const [first = ''] = erasedDisks(answers.disk)
  document.comment = [
    ' An install without questions erases only disks that say so. Write each of them as:',
    `   - id: ${first}`,
    '     wipe: true',
  ].join('\n')
  // Folding would break SSH keys over several lines: valid, and unreadable.
  return document.toString({ lineWidth: 0 })
}

function diskSection(disk: Answers['disk']): Section<'disk'> {
  const { dataPool } = disk
  return {
    layout: disk.layout,
    devices: disk.devices,
    esp: sizeText(disk.espBytes),
    swap: sizeText(disk.swapBytes),
    ...(disk.swapKind === 'hibernation' && { hibernation: true }),
    ...filled({ special: disk.special, log: disk.log, cache: disk.cache, spares: disk.spares }),
    ...(dataPool && { dataLayout: dataPool.layout, dataDevices: dataPool.devices }),
  }
}

function encryptionSection({ unlock, passphrase, pin, recoveryKey }: Answers['encryption']): Section<'encryption'> {
  return {
    unlock,
    ...(passphrase && { passphraseFile: 'passphrase.txt' }),
    ...(pin && { pinFile: 'pin.txt' }),
    ...(unlock !== 'none' && { recoveryKey }),
  }
}

function networkSection(network: Answers['network']): Section<'network'> {
  const { bond, wifi, vlan } = network
  return {
    interface: network.interface,
    ...(bond && { bondInterfaces: bond.interfaces, bondMode: bond.mode }),
    ...filled({ vlan }),
    mode: network.mode,
    ...filled({
      address: network.address,
      gateway: network.gateway,
      address6: network.address6,
      gateway6: network.gateway6,
      nameservers: network.nameservers,
      searchDomains: network.searchDomains,
      proxy: network.proxy,
    }),
    ...(wifi && { wifiName: wifi.ssid, wifiPassphraseFile: 'wifi-passphrase.txt' }),
  }
}

function identitySection(identity: Answers['identity']): Section<'identity'> {
  return {
    hostName: identity.hostName,
    userName: identity.userName,
    ...(identity.passwordHash ? { passwordHashFile: 'password-hash.txt' } : { passwordFile: 'password.txt' }),
    sshKeys: identity.sshKeys,
  }
}

function clusterSection({ name, role, domain, meshUrl, join }: Answers['cluster']): Section<'cluster'> {
  return {
    name,
    role,
    ...filled({ domain, meshUrl }),
    ...(join && { server: join.server, tokenFile: 'token.txt', caHash: join.caHash }),
  }
}

/** What says nothing is left out. */
function filled<T extends object>(keys: T): Partial<T> {
  const isFilled = (value: unknown) => value !== null && !(Array.isArray(value) && value.length === 0)
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => isFilled(value))) as Partial<T>
}

const SECRET_WORDS: Readonly<Record<string, string>> = {
  passphraseFile: 'passphrase',
  pinFile: 'PIN',
  wifiPassphraseFile: 'passphrase of the wireless network',
  passwordFile: 'password',
  passwordHashFile: 'hash of the password',
  tokenFile: 'token',
}

function commentSecrets(document: Document, name: string): void {
  const section = document.get(name, true)
  if (!isMap(section)) return
  for (const { key } of section.items) {
    const what = isScalar(key) ? SECRET_WORDS[String(key.value)] : undefined
    if (isScalar(key) && what) key.commentBefore = ` Not exported: write the ${what} into this file (mode 0600).`
  }
}

/** Exact, unlike formatSize: reading it back gives the same bytes. */
function sizeText(bytes: number): string {
  if (bytes === 0) return '0'
  return bytes % GIB === 0 ? `${bytes / GIB}GiB` : `${bytes / MIB}MiB`
}
