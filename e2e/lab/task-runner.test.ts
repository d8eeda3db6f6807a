import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { buildLabPrograms, LAB_PROGRAMS } from './build-programs.ts'
import { readRequest } from './task-runner.ts'

test('takes its two command lines and no other', () => {
  expect(readRequest(['layout', '/run/a.yaml'])).toEqual({ verb: 'layout', answers: '/run/a.yaml' })
  expect(readRequest(['cycles', '100', '/run/a.yaml'])).toEqual({ verb: 'cycles', count: 100, answers: '/run/a.yaml' })
  for (const line of [[], ['layout'], ['layout', 'a', 'b'], ['cycles', 'a'], ['cycles', '0', 'a'], ['undo', 'a']])
    expect(() => readRequest(line)).toThrow('task-runner: layout ANSWERS | cycles N ANSWERS')
})

test('the bundled programs start without the source, and refuse what they do not know', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ks-programs-'))
  try {
    await buildLabPrograms(join(folder, 'lab'))
    await writeFile(join(folder, 'answers.yaml'), 'version: 2\ndisk: { layuot: single-zfs }\n')
    const ended = (name: string, ...args: string[]) =>
      promisify(execFile)(process.execPath, [join(folder, 'lab', `${name}.mjs`), ...args], { cwd: folder }).then(
        () => ({ code: 0, stderr: '' }),
        (error: { code: number; stderr: string }) => error,
      )
    expect(LAB_PROGRAMS).toEqual(['task-runner', 'watch-journal'])
    const layout = await ended('task-runner', 'layout', 'answers.yaml')
    expect(layout.code).toBe(1)
    expect(layout.stderr).toContain('layuot')
    const watch = await ended('watch-journal', '--task', 'brew', '--moment', 'before')
    expect(watch.code).toBe(1)
    expect(watch.stderr).toContain('--task and --moment must be known ones')
  } finally {
    await rm(folder, { recursive: true })
  }
})
