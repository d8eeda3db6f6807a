import type { Tty } from '../harness/tty.ts'
import { HOST_NAME, USER_NAME } from './answers.ts'
import { CANARY_PASSWORD } from './canary.ts'

/** Waits for the installed system's login prompt and logs in with the password of the answers, up to the shell's prompt. */
export async function logIn(tty: Tty): Promise<void> {
  await tty.waitForText(new RegExp(`${HOST_NAME} login: *$`, 'm'), { timeoutMs: 180_000 })
  await tty.type(`${USER_NAME}\r`)
  await tty.waitForText(/Password: *$/m, { timeoutMs: 60_000 })
  await tty.type(`${CANARY_PASSWORD}\r`)
  await tty.waitForText(new RegExp(`${USER_NAME}@${HOST_NAME}.*\\$ *$`, 'm'), { timeoutMs: 60_000 })
}
