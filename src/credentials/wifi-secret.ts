import { pbkdf2Sync } from 'node:crypto'
import { Secret } from '../model/secret.ts'

/** WIFI_SECRETS_FILE: the line that wpa_supplicant looks up as `ext:psk_wifi`, with the passphrase or the key made of it.
 *  wpa_supplicant cuts a line at `#` and takes spaces off its end (hostap, wpa_config_get_line): such a passphrase is given
 *  as its key instead. WPA3 takes passphrases only, so the key is not the rule. */
export function wifiSecretsFile(ssid: string, passphrase: Secret): Secret {
  const text = passphrase.reveal()
  const isSafe = !text.includes('#') && text === text.trim()
  // IEEE 802.11, annex J.4.1: PBKDF2 with SHA-1, the SSID as salt, 4096 rounds, 256 bits.
  const value = isSafe ? text : pbkdf2Sync(text, ssid, 4096, 32, 'sha1').toString('hex')
  return new Secret(`psk_wifi=${value}\n`)
}
