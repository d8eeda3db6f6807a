import type { StepId } from '../model/answers.ts'
import type { Problem } from '../model/problem.ts'

export type SecretKey = {
  readonly key: string
  /** As a question names it: `passphrase of the disks`. */
  readonly what: string
  /** Made up by the person now, so a slip of the finger would shut them out: it is asked for twice. */
  readonly isNew: boolean
  /** False where nobody would type it. */
  readonly canBeAsked: boolean
  /** Secrets of one group are ways to say the same: one of them is given. */
  readonly group: string
  /** Passes the field's rule, for a plan that is only looked at: a plan holds no secret. Never in an install. */
  readonly standIn: string
}

/** The secrets of each section. An answer file gives each as K, KFile, KEnv or KPrompt. */
export const SECRET_KEYS: Readonly<Partial<Record<StepId, readonly SecretKey[]>>> = {
  encryption: [
    {
      key: 'passphrase',
      what: 'passphrase of the disks',
      isNew: true,
      canBeAsked: true,
      group: 'passphrase',
      standIn: 'mulberry Oxcart 71 veranda quince',
    },
    { key: 'pin', what: 'PIN of the TPM', isNew: true, canBeAsked: true, group: 'pin', standIn: '7305918246' },
  ],
  network: [
    {
      key: 'wifiPassphrase',
      what: 'passphrase of the wireless network',
      isNew: false,
      canBeAsked: true,
      group: 'wifiPassphrase',
      standIn: 'mulberry Oxcart 71',
    },
  ],
  identity: [
    {
      key: 'password',
      what: 'password of the admin',
      isNew: true,
      canBeAsked: true,
      group: 'password',
      standIn: 'mulberry Oxcart 71 veranda',
    },
    {
      key: 'passwordHash',
      what: 'hash of the password',
      isNew: false,
      canBeAsked: false,
      group: 'password',
      standIn: '',
    },
  ],
  cluster: [
    {
      key: 'token',
      what: 'token to join the cluster',
      isNew: false,
      canBeAsked: true,
      group: 'token',
      standIn: 'abcdef.0123456789abcdef',
    },
  ],
}

/** The ways to give a secret, by what is behind its name in the key. */
export const WAYS = ['', 'File', 'Env', 'Prompt'] as const
export type Way = (typeof WAYS)[number]

export function waysOf({ key, canBeAsked }: SecretKey): readonly { readonly name: string; readonly way: Way }[] {
  return WAYS.filter((way) => way !== 'Prompt' || canBeAsked).map((way) => ({ name: `${key}${way}`, way }))
}

/** Every key of a section that says where a secret is. */
export function referenceNames(id: StepId): readonly string[] {
  return (SECRET_KEYS[id] ?? []).flatMap((secret) => waysOf(secret).flatMap(({ name, way }) => (way ? [name] : [])))
}

export function secretKeyOf(id: string, key: unknown): SecretKey | null {
  return SECRET_KEYS[id as StepId]?.find((secret) => secret.key === key) ?? null
}

/** Leaving a secret out is no slip, and neither is KPrompt: the wizard asks for it. */
export function isMissingSecret({ code, path }: Problem): boolean {
  if (code === 'secret-is-asked') return true
  return code === 'missing' && path.length === 2 && secretKeyOf(String(path[0]), path[1]) !== null
}
