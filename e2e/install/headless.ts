import type { Machine } from '../harness/machine.ts'
import { putHidden } from '../secrets/guest.ts'

export type HeadlessRun = {
  exitCode: number
  stdout: string
  stderr: string
}

const OUT = '/run/headless.out'
const ERR = '/run/headless.err'
const CODE = '/run/headless.code'

/** Runs `keystone install --answers …` in the guest, away from the terminals, and follows it to its end.
 *  `onLines` gets what it prints while it runs. Throws when it takes longer than `timeoutMs`. */
export async function installHeadless(
  machine: Machine,
  answers: string,
  {
    args = [],
    timeoutMs = 20 * 60_000,
    onLines,
  }: { args?: string[]; timeoutMs?: number; onLines?: (text: string) => void } = {},
): Promise<HeadlessRun> {
  // tmpfs: the answers hold the passphrase.
  await putHidden(machine.agent, '/run/answers.yaml', answers)
  const install = ['keystone', 'install', '--answers', '/run/answers.yaml', ...args].join(' ')
  await machine.agent.succeed(
    `rm -f ${CODE}; (${install} >${OUT} 2>${ERR} </dev/null; echo $? >${CODE}.new; mv ${CODE}.new ${CODE}) & disown`,
  )
  const end = Date.now() + timeoutMs
  let seen = 0
  while (Date.now() < end) {
    // The guest itself waits: no polling from here more often than every few seconds.
    const ended = await machine.agent.exec(`timeout 5 bash -c 'until [ -e ${CODE} ]; do sleep 0.2; done'`)
    const fresh = (await machine.agent.exec(`tail -c +${seen + 1} ${OUT}`)).stdout
    seen += Buffer.byteLength(fresh)
    if (fresh.length > 0) onLines?.(fresh)
    if (ended.code !== 0) continue
    return {
      exitCode: Number(await machine.agent.succeed(`cat ${CODE}`)),
      stdout: await machine.agent.succeed(`cat ${OUT}`),
      stderr: await machine.agent.succeed(`cat ${ERR}`),
    }
  }
  throw new Error(
    `the headless install did not end within ${timeoutMs / 1000} s\n${(await machine.agent.exec(`tail -n 40 ${OUT} ${ERR}`)).stdout}`,
  )
}
