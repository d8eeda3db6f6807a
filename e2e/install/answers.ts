import type { Unlock } from '../../src/model/answers.ts'
import { CANARY_PASSPHRASE, CANARY_PASSWORD, CANARY_PIN } from './canary.ts'
import type { TypedAnswers } from './wizard.ts'

export const HOST_NAME = 'lab-primer'
export const USER_NAME = 'ada'
export const SSH_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8k3v5oYxkBq2n0Yb1yq8mB0o0m5hZ5m1q7l9d0xTqE ada@lab'
/** None of them is what a machine has when nobody chose. */
export const PLACE = { language: 'de_DE.UTF-8', keyboard: 'de-latin1', timeZone: 'Europe/Berlin' }

export type AnswerOptions = {
  readonly layout: string
  readonly unlock: Unlock
  readonly diskIds: readonly string[]
  readonly swap?: string
  readonly hibernation?: boolean
  /** Disks of other vdevs, by the key of the answer file: `spares`, `log`, `cache`, `special`. */
  readonly more?: Readonly<Record<string, readonly string[]>>
  readonly dataLayout?: string
  readonly dataIds?: readonly string[]
}

const list = (ids: readonly string[]) =>
  `[${ids.map((id) => `{ id: /dev/disk/by-id/virtio-${id}, wipe: true }`).join(', ')}]`

/** The answers of every VM run: only the disks and how they are unlocked differ. */
export function answersYaml(options: AnswerOptions): string {
  const { layout, unlock, diskIds, swap = '512MiB', hibernation = false, more = {}, dataLayout = 'none' } = options
  const others = Object.entries({ ...more, dataDevices: options.dataIds ?? [] })
    .filter(([, ids]) => ids.length > 0)
    .map(([key, ids]) => `  ${key}: ${list(ids)}\n`)
  const secrets = [
    ...(unlock === 'none' ? [] : [`  passphrase: ${CANARY_PASSPHRASE}\n`]),
    ...(unlock === 'tpm-pin' ? [`  pin: '${CANARY_PIN}'\n`] : []),
  ]
  return `version: 2
system:
  language: ${PLACE.language}
  keyboard: ${PLACE.keyboard}
  timeZone: ${PLACE.timeZone}
disk:
  layout: ${layout}
  devices: ${list(diskIds)}
  swap: ${swap}
  hibernation: ${hibernation}
  dataLayout: ${dataLayout}
${others.join('')}encryption:
  unlock: ${unlock}
${secrets.join('')}  recoveryKey: false
network:
  interface: any
  mode: dhcp
identity:
  hostName: ${HOST_NAME}
  userName: ${USER_NAME}
  password: ${CANARY_PASSWORD}
  sshKeys:
    - ${SSH_KEY}
cluster:
  name: lab
  role: primer
`
}

/** The same answers for a robot at the wizard. `layout`: the words of its option on the disk page. */
export function typedAnswers(
  options: Pick<TypedAnswers, 'layout' | 'serials'> & Partial<Pick<TypedAnswers, 'recoveryKey'>>,
): TypedAnswers {
  return {
    ...PLACE,
    recoveryKey: false,
    ...options,
    unlock: /\) Passphrase and TPM/,
    hostName: HOST_NAME,
    userName: USER_NAME,
    sshKey: SSH_KEY,
    passphrase: CANARY_PASSPHRASE,
    password: CANARY_PASSWORD,
  }
}
