import { CANARY_PASSPHRASE, CANARY_PASSWORD } from './canary.ts'
import type { TypedAnswers } from './wizard.ts'

export const HOST_NAME = 'lab-primer'
export const USER_NAME = 'ada'
export const SSH_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8k3v5oYxkBq2n0Yb1yq8mB0o0m5hZ5m1q7l9d0xTqE ada@lab'

/** The answers of every VM run: only the layout, its disks and the TPM differ. */
export function answersYaml(options: { layout: string; diskIds: string[]; tpmUnlock: boolean }): string {
  const devices = options.diskIds.map((id) => `/dev/disk/by-id/virtio-${id}`).join(', ')
  return `version: 1
disk:
  layout: ${options.layout}
  devices: [${devices}]
  swap: 512MiB
encryption:
  passphrase: ${CANARY_PASSPHRASE}
  tpmUnlock: ${options.tpmUnlock}
  recoveryKey: false
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
confirm:
  erase: [${devices}]
`
}

/** The same answers for a robot at the wizard. `layout`: the words of its option on the disk page. */
export function typedAnswers(options: Pick<TypedAnswers, 'layout' | 'serials'>): TypedAnswers {
  return {
    ...options,
    tpmUnlock: true,
    hostName: HOST_NAME,
    userName: USER_NAME,
    sshKey: SSH_KEY,
    passphrase: CANARY_PASSPHRASE,
    password: CANARY_PASSWORD,
  }
}
