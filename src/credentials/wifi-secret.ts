import { pbkdf2Sync } from 'node:crypto'
import { joined, type Secret } from '../model/secret.ts'

const [NUMBER_SIGN, SPACE] = [0x23, 0x20]

/** WIFI_SECRETS_FILE: the line that wpa_supplicant looks up as `ext:psk_wifi`, with the passphrase or the key made of it.
 *  wpa_supplicant cuts a line at `#` and takes spaces off its end (hostap, wpa_config_get_line): such a passphrase is given
 *  as its key instead. WPA3 takes passphrases only, so the key is not the rule. */
export function wifiSecretsFile(ssid: string, passphrase: Secret): Secret {
  const ascii = new TextEncoder()
  return passphrase.derive((bytes) => {
    const isSafe = !bytes.includes(NUMBER_SIGN) && !isBlank(bytes[0]) && !isBlank(bytes.at(-1))
    // IEEE 802.11, annex J.4.1: PBKDF2 with SHA-1, the SSID as salt, 4096 rounds, 256 bits.
    const value = isSafe ? bytes : ascii.encode(pbkdf2Sync(bytes, ssid, 4096, 32, 'sha1').toString('hex'))
    return joined(ascii.encode('psk_wifi='), value, ascii.encode('\n'))
  })
}

const isBlank = (byte: number | undefined) => byte === undefined || byte <= SPACE
