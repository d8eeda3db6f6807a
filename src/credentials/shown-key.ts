import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../model/secret.ts'

/** 16 MiB, and 50 ms on a PC. The key has 256 random bits, so nothing can be guessed by the hash; what is slow about it is
 *  for one of whom most letters are known. */
const LOG2_COST = 14
const COST: ScryptOptions = { cost: 2 ** LOG2_COST, blockSize: 8, parallelization: 1 }
const SALT_BYTES = 16
const HASH_BYTES = 32
const HEAD = `$scrypt$ln=${LOG2_COST},r=8,p=1$`

/** What may be written down of a recovery key, to tell later whether another one was typed:
 *  `$scrypt$ln=14,r=8,p=1$SALT$HASH`, both in base64url. */
export async function hashShownKey(key: Secret): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await slowHash(key, salt)
  return `${HEAD}${salt.toString('base64url')}$${hash.toString('base64url')}`
}

/** Whether this is the key that was shown, letter by letter. Null where that is not known: the journal has no hash, or one that
 *  this installer has not made. */
export async function isShownKey(hash: string | undefined, key: Secret): Promise<boolean | null> {
  if (hash === undefined || !hash.startsWith(HEAD)) return null
  const [salt, expected] = hash
    .slice(HEAD.length)
    .split('$')
    .map((part) => Buffer.from(part, 'base64url'))
  if (salt?.length !== SALT_BYTES || expected?.length !== HASH_BYTES) return null
  return timingSafeEqual(await slowHash(key, salt), expected)
}

/** In a thread of its own: a screen goes on meanwhile. */
function slowHash(key: Secret, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(key.bytes(), salt, HASH_BYTES, COST, (error, hash) => (error === null ? resolve(hash) : reject(error)))
  })
}
