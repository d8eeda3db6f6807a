import { type FieldCheck, quote } from '../field.ts'
import { ipFamily } from './ip.ts'

const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/
const EXAMPLE = 'such as http://proxy.example:3128'

/** A proxy for downloads, `http://proxy.example:3128`; empty for none. It stands in the configuration, which everybody on
 *  the machine can read: so no password, and it is never quoted, in case there is one. */
export const checkProxy: FieldCheck = (text) => {
  if (text === '') return null
  const broken = (message: string, hint = EXAMPLE) => ({ code: 'invalid-proxy', message, hint })
  if (text.includes('@')) {
    const message = 'a proxy is given without user and password: everybody on the machine could read them'
    return { code: 'proxy-with-password', message, hint: EXAMPLE }
  }
  if (!/^https?:\/\//u.test(text)) {
    return broken(`a proxy begins with http:// or https://, got ${quote(text)}`)
  }
  const [, host = '', port] = /^https?:\/\/(\[[0-9A-Fa-f:.]+\]|[^/:?#]+)(?::(\d+))?\/?$/u.exec(text) ?? []
  const isHost = host.startsWith('[') ? ipFamily(host.slice(1, -1)) === 'ipv6' : HOST.test(host)
  if (!isHost) return broken('a proxy is http:// or https://, a name or an address, and a port')
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535)) {
    return broken(`a port is a number from 1 to 65535, got ${port.slice(0, 10)}`)
  }
  return null
}
