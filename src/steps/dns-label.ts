import { type Finding, quote } from './field.ts'

/** RFC 1123, section 2.1 with RFC 1035, section 2.3.1. */
const LONGEST_LABEL = 63

/** One DNS label in lower case, the rule for host names and for names in Kubernetes (RFC 1123). `what` names the field in the
 *  sentence (`a host name`), `code` is the Problem's code. */
export function checkDnsLabel(text: string, what: string, code: string): Finding | null {
  if (text === '') return { code: 'missing', message: `${what} is needed` }
  if (text.includes('.')) {
    return { code, message: `${what} has no dots, got ${quote(text)}`, ...suggest(text.split('.')[0] ?? '') }
  }
  if (/[A-Z]/.test(text)) {
    return { code, message: `${what} is in lower case, got ${quote(text)}`, ...suggest(text.toLowerCase()) }
  }
  if (!/^[a-z0-9-]+$/.test(text)) {
    return { code, message: `${what} has only the letters a-z, digits and -, got ${quote(text)}` }
  }
  if (text.startsWith('-') || text.endsWith('-')) {
    return { code, message: `${what} begins and ends with a letter or a digit, got ${quote(text)}` }
  }
  if (text.length > LONGEST_LABEL) {
    return { code, message: `${what} has at most ${LONGEST_LABEL} characters, got ${text.length}` }
  }
  return null
}

/** A hint only when it would be accepted. */
function suggest(text: string): { hint?: string } {
  return checkDnsLabel(text, '', '') === null ? { hint: `use ${text}` } : {}
}
