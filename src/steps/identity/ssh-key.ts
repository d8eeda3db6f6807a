import type { FieldCheck, Finding } from '../field.ts'

/** Public key types OpenSSH accepts today for logging in, with the number of fields in their wire format. Sources:
 *  `ssh -Q key`, without certificates and DSA; RFC 4253, RFC 5656, RFC 8709, OpenSSH's PROTOCOL.u2f. */
const FIELDS_OF_TYPE: ReadonlyMap<string, number> = new Map([
  ['ssh-ed25519', 2],
  ['ecdsa-sha2-nistp256', 3],
  ['ecdsa-sha2-nistp384', 3],
  ['ecdsa-sha2-nistp521', 3],
  ['ssh-rsa', 3],
  ['sk-ssh-ed25519@openssh.com', 3],
  ['sk-ecdsa-sha2-nistp256@openssh.com', 4],
])
const TYPES = [...FIELDS_OF_TYPE.keys()]

const EXAMPLE = 'paste the one line of a .pub file, such as ~/.ssh/id_ed25519.pub'

/** One public key as in authorized_keys: type, base64, comment. Messages never quote it: it may be a private key pasted by
 *  mistake. */
export const checkSshKey: FieldCheck = (text) => {
  if (text.trim() === '') return broken('an SSH key is one line of text, got an empty one')
  if (text.includes('PRIVATE KEY')) {
    const hint = `${EXAMPLE}; the private key stays where it is`
    return { code: 'ssh-key-is-private', message: 'this is a private key', hint }
  }
  if (/\p{Cc}/u.test(text)) return broken('an SSH key is one line without tabs or line ends')
  // YAML can write half of a surrogate pair ("\ud800"); no file can hold it.
  if (!text.isWellFormed()) return broken('an SSH key is text, this one holds half of a character')
  // They make a line look like another one, on the review page too.
  if (/\p{Bidi_Control}/u.test(text)) return broken('an SSH key has no signs that turn the direction of writing')
  if (text !== text.trim()) return broken('an SSH key has no spaces at its ends')
  const [type = '', data = ''] = text.split(' ')
  if (!FIELDS_OF_TYPE.has(type)) return unknownType(text)
  const bytes = decodeBase64(data)
  if (!bytes) return broken(`the text after ${type} is no base64`)
  const inner = readFields(bytes)
  if (inner?.length !== FIELDS_OF_TYPE.get(type)) return broken('the key is cut off or damaged')
  if (new TextDecoder().decode(inner?.[0]) !== type)
    return broken(`the key says ${type}, but inside it is of another type`)
  if (type === 'ssh-ed25519' && inner?.[1]?.length !== 32) return broken('the key is cut off or damaged')
  return null
}

function broken(message: string): Finding {
  return { code: 'invalid-ssh-key', message, hint: EXAMPLE }
}

function unknownType(text: string): Finding {
  const hasKnownType = TYPES.some((type) => text.includes(` ${type} `))
  if (hasKnownType) {
    const message = 'an SSH key begins with its type; options before it are not supported'
    return { code: 'ssh-key-with-options', message, hint: 'leave out what stands before the type' }
  }
  return broken(`an SSH key begins with one of ${TYPES.slice(0, 5).join(', ')} or a sk- type`)
}

/** Strict: Buffer's own decoder skips what it does not know. */
function decodeBase64(text: string): Uint8Array | null {
  if (!/^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return null
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
}

/** The fields of an SSH wire string: each a 32-bit big-endian length and its bytes (RFC 4251, section 5). Null when the
 *  lengths do not end exactly at the end, as in a key that was cut. */
function readFields(bytes: Uint8Array): readonly Uint8Array[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const fields: Uint8Array[] = []
  let offset = 0
  while (offset < bytes.length) {
    if (offset + 4 > bytes.length) return null
    const end = offset + 4 + view.getUint32(offset)
    if (end > bytes.length) return null
    fields.push(bytes.subarray(offset + 4, end))
    offset = end
  }
  return fields
}
