import * as z from 'zod'
import type { IdentityAnswers } from '../../model/answers.ts'
import { Secret } from '../../model/secret.ts'
import { acrossFields, checkedText } from '../field.ts'
import type { Drafts, Step } from '../step.ts'
import { fingerprint } from './fingerprint.ts'
import { checkHostName, checkPassword, checkUserName } from './names.ts'
import { checkPasswordHash } from './password-hash.ts'
import { checkSshKey } from './ssh-key.ts'

const fields = z
  .strictObject({
    hostName: checkedText(checkHostName, 'name of the machine, such as primer'),
    userName: checkedText(checkUserName, 'name of the admin, such as admin'),
    password: z.string().describe('8 to 256 characters'),
    passwordHash: z.string().describe('in place of the password its hash, as mkpasswd prints it'),
    sshKeys: z
      .array(checkedText(checkSshKey, 'a public key on one line, as in authorized_keys'))
      .describe('public keys, one line each; an empty list turns login by ssh off'),
  })
  .check(
    acrossFields<Drafts['identity']>(({ sshKeys, password, passwordHash }, report) => {
      const isHashed = passwordHash !== undefined && passwordHash !== ''
      if (isHashed && password) {
        const message = 'a password and its hash are both given'
        report(['passwordHash'], { code: 'secret-given-twice', message, hint: 'keep one of them' })
      } else if (isHashed) {
        const finding = checkPasswordHash(passwordHash)
        if (finding) report(['passwordHash'], finding)
      } else if (password !== undefined) {
        const finding = checkPassword(password)
        if (finding) report(['password'], finding)
      }
      sshKeys?.forEach((key, index) => {
        if (sshKeys.indexOf(key) === index) return
        report(['sshKeys', index], { code: 'same-ssh-key-twice', message: 'this key is on the list already' })
      })
    }),
  )

export const identityStep: Step<'identity'> = {
  id: 'identity',
  title: 'Identity',
  help: [
    'The host name is what the machine calls itself in your network: one word in lower case, without a domain.',
    'The user is the admin of this server: it may log in and use sudo. There is no login as root.',
    'The password is for the console and for sudo, at least 8 characters. It is not the disk passphrase; use another one.',
    'Login by ssh works with keys only, never with the password. Without a key you can log in at the console alone.',
    'A key is one line of a .pub file. Instead of typing it, give the path of a file, an https address, or github:NAME for the ' +
      'keys of a GitHub user. Compare the fingerprints with those of ssh-keygen -lf.',
  ],
  schema: fields.transform(toAnswers),
  defaults: () => ({ hostName: 'primer', userName: 'admin', password: '', passwordHash: '', sshKeys: [] }),
  check: () => [],
  summary: (value) => [
    { label: 'Host name', value: value.hostName },
    { label: 'Admin user', value: value.userName },
    { label: 'Password', value: value.passwordHash === null ? 'set' : 'set, by its hash' },
    ...(value.sshKeys.length === 0
      ? [{ label: 'SSH keys', value: 'none: login by ssh will not be possible' }]
      : value.sshKeys.map((key) => ({ label: 'SSH key', value: nameKey(key) }))),
  ],
}

function toAnswers({ password, passwordHash, ...rest }: Drafts['identity']): IdentityAnswers {
  const isHashed = passwordHash !== ''
  return {
    ...rest,
    password: isHashed ? null : new Secret(password),
    passwordHash: isHashed ? new Secret(passwordHash) : null,
  }
}

/** `anna@laptop SHA256:jMtL…`: the comment tells a person which key it is, the fingerprint proves it. */
export function nameKey(key: string): string {
  const [type = '', , ...comment] = key.split(' ')
  return `${comment.join(' ') || type} ${fingerprint(key)}`
}
