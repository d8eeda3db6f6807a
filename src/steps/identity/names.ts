import { checkDnsLabel } from '../dns-label.ts'
import { type FieldCheck, quote } from '../field.ts'

/** The name of the machine: one DNS label, since NixOS takes the domain elsewhere (networking.hostName has no dots). */
export const checkHostName: FieldCheck = (text) => {
  if (text === 'localhost')
    return { code: 'invalid-hostname', message: 'localhost is the name every machine has for itself' }
  return checkDnsLabel(text, 'a host name', 'invalid-hostname')
}

/** Linux: UT_NAMESIZE is 32, and useradd refuses longer ones. */
const LONGEST_USER_NAME = 32

/** Accounts and groups that NixOS, the services of a Primer, or common tools bring along. */
const RESERVED_USER_NAMES: ReadonlySet<string> = new Set(
  (
    'root nobody daemon bin sys sync adm tty disk kmem lp mail news uucp proxy man games backup list irc audio video cdrom ' +
    'floppy tape dialout input render sgx kvm users wheel sudo shadow utmp messagebus dbus polkituser nscd nslcd sshd ntp ' +
    'nm-openvpn networkmanager avahi rtkit nixos nixbld etcd kubernetes k3s containerd docker podman headscale tailscale ' +
    'prometheus grafana loki traefik nginx postgres keystone'
  ).split(' '),
)

export const checkUserName: FieldCheck = (text) => {
  if (text === '') return { code: 'missing', message: 'a user name is needed', hint: 'for example admin' }
  if (!/^[a-z_][a-z0-9_-]*$/.test(text)) {
    return {
      code: 'invalid-user-name',
      message: `a user name has only a-z, 0-9, _ and -, and begins with a letter or _, got ${quote(text)}`,
      hint: 'for example admin',
    }
  }
  if (text.length > LONGEST_USER_NAME) {
    const message = `a user name has at most ${LONGEST_USER_NAME} characters, got ${text.length}`
    return { code: 'invalid-user-name', message }
  }
  if (RESERVED_USER_NAMES.has(text) || /^(systemd-|nixbld\d)/.test(text)) {
    return {
      code: 'reserved-user-name',
      message: `${text} is a name the system uses itself`,
      hint: 'choose another name',
    }
  }
  return null
}

export const SHORTEST_PASSWORD = 8
/** libxcrypt takes less than 512 bytes (CRYPT_MAX_PASSPHRASE_SIZE); 256 characters leave room for UTF-8. */
export const LONGEST_PASSWORD = 256
const LONGEST_PASSWORD_BYTES = 511

/** The admin's password, for the console and for sudo. It must not hold control characters: no prompt would take them. */
export const checkPassword: FieldCheck = (text) => {
  if (text === '') return { code: 'missing', message: 'a password is needed' }
  if (/\p{C}/u.test(text)) {
    return { code: 'password-not-typable', message: 'a password has no tabs, line ends or other control characters' }
  }
  if (/^\$(?:y|gy|2[abxy]|5|6|7)\$.*\$/.test(text)) {
    const message = 'this looks like the hash of a password, not like the password'
    return { code: 'password-is-a-hash', message, hint: 'an answer file gives a hash as passwordHash' }
  }
  const length = [...text].length
  if (length < SHORTEST_PASSWORD) {
    const message = `a password has at least ${SHORTEST_PASSWORD} characters, got ${length}`
    return { code: 'password-too-short', message, hint: 'three or four random words are easy to remember' }
  }
  if (length > LONGEST_PASSWORD || new TextEncoder().encode(text).length > LONGEST_PASSWORD_BYTES) {
    return {
      code: 'password-too-long',
      message: `a password has at most ${LONGEST_PASSWORD} characters, got ${length}`,
    }
  }
  return null
}
