import { expect, test } from 'vitest'
import { armStop, goOn, killStopped, stopAt } from './stop-at.ts'

const stopped = { pid: 40, children: [41, 42], records: 9 }

function guest(answer: { code: number; stdout: string; stderr: string }) {
  const said: string[] = []
  const agent = {
    async exec(command: string) {
      said.push(command)
      return answer
    },
    async succeed(command: string) {
      said.push(command)
      return ''
    },
  }
  return { agent, said }
}

test('the watcher is asked for the point, and tells what it stopped', async () => {
  const { agent, said } = guest({ code: 0, stdout: `${JSON.stringify(stopped)}\n`, stderr: '' })
  expect(await stopAt({ agent }, { task: 'build', moment: 'during', msIn: 500 })).toEqual(stopped)
  expect(said).toEqual([
    'rm -f /run/keystone-lab-watch.ready',
    'exec nice -n -10 node /opt/keystone/lab/watch-journal.mjs --task build --moment during --ms 500 --ready /run/keystone-lab-watch.ready',
    'until [ -e /run/keystone-lab-watch.ready ]; do sleep 0.1; done',
  ])
})

test('an install that is over before is an error in its words', async () => {
  const { agent } = guest({ code: 3, stdout: '', stderr: 'the install was over before it came after finish\n' })
  const { reached } = await armStop({ agent }, { task: 'finish', moment: 'after' }).catch((error: Error) => ({
    reached: Promise.reject(error),
  }))
  await expect(reached).rejects.toThrow('nothing was stopped after finish: the install was over before')
})

test('what was stopped goes on, or the installer is killed and its programs go on', async () => {
  const { agent, said } = guest({ code: 0, stdout: '', stderr: '' })
  await goOn({ agent }, stopped)
  await killStopped({ agent }, stopped)
  expect(said).toEqual([
    'kill -CONT 41 42 40',
    'kill -KILL 40; while [ -e /proc/40 ]; do sleep 0.1; done',
    'kill -CONT 41 42',
  ])
})
