import type { FieldCheck } from '../field.ts'

/** What libxcrypt calls strong, as `mkpasswd` prints them. Source: crypt(5). */
const STRONG = [
  /^\$y\$[./A-Za-z0-9]{1,}\$[./A-Za-z0-9]{1,86}\$[./A-Za-z0-9]{43}$/,
  /^\$gy\$[./A-Za-z0-9]{1,}\$[./A-Za-z0-9]{1,86}\$[./A-Za-z0-9]{43}$/,
  /^\$2[aby]\$[0-9]{2}\$[./A-Za-z0-9]{53}$/,
  /^\$6\$(?:rounds=[1-9][0-9]{0,8}\$)?[^$:\n]{1,16}\$[./0-9A-Za-z]{86}$/,
]
/** MD5, SHA-256 with few rounds, DES, NT: readable for whoever gets the file. */
const WEAK = /^(?:\$1\$|\$md5|\$5\$|\$3\$|\$sha1\$|_|[./0-9A-Za-z]{13}$)/

const HINT = 'mkpasswd --method=yescrypt makes one'

/** The hash of a password, in place of the password. Never quoted: it can be guessed against. */
export const checkPasswordHash: FieldCheck = (text) => {
  if (text === '') return { code: 'missing', message: 'the hash is empty', hint: HINT }
  if (STRONG.some((pattern) => pattern.test(text))) return null
  if (WEAK.test(text)) {
    return { code: 'weak-password-hash', message: 'this kind of hash is too easy to guess against', hint: HINT }
  }
  const message = 'this is no hash of a password that is known here (yescrypt, bcrypt or SHA-512), or it was cut'
  return { code: 'invalid-password-hash', message, hint: HINT }
}
