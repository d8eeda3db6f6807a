import * as z from 'zod'
import { Secret } from '../../model/secret.ts'
import { acrossFields, checkedText } from '../field.ts'
import type { Step } from '../step.ts'
import { checkHostName, checkPassword, checkUserName } from './names.ts'
import { checkSshKey } from './ssh-key.ts'

const fields = z
  .strictObject({
    hostName: checkedText(checkHostName, 'name of the machine, such as primer'),
    userName: checkedText(checkUserName, 'name of the admin, such as admin'),
    password: checkedText(checkPassword, '8 to 256 characters').transform((text) => new Secret(text)),
    sshKeys: z
      .array(checkedText(checkSshKey, 'a public key on one line, as in authorized_keys'))
      .describe('public keys, one line each; an empty list turns login by ssh off'),
  })
  .check(
    acrossFields<{ sshKeys: string[] }>(({ sshKeys }, report) => {
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
  ],
  schema: fields,
  defaults: () => ({ hostName: 'primer', userName: 'admin', password: '', sshKeys: [] }),
  check: () => [],
  summary: (value) => [
    { label: 'Host name', value: value.hostName },
    { label: 'Admin user', value: value.userName },
    { label: 'Password', value: 'set' },
    ...(value.sshKeys.length === 0
      ? [{ label: 'SSH keys', value: 'none: login by ssh will not be possible' }]
      : value.sshKeys.map((key) => ({ label: 'SSH key', value: nameKey(key) }))),
  ],
}

/** `ssh-ed25519 anna@laptop`: type and comment tell a person which key it is, or else its last characters. */
function nameKey(key: string): string {
  const [type = '', data = '', ...comment] = key.split(' ')
  return `${type} ${comment.join(' ') || `…${data.slice(-12)}`}`
}
