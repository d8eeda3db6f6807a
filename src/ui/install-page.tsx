import { Box, Text } from 'ink'
import { fractionDone, type TaskProgress, timeLeftMs } from '../wizard/progress.ts'
import { formatClock, formatGuess } from './durations.ts'
import { Frame } from './frame.tsx'
import { hasTallTasks, installLogHeight, taskRows } from './log-lines.ts'
import { scrollOf } from './scrolling.ts'
import type { View } from './session.ts'
import { cut, pad } from './text.ts'
import { toneProps } from './theme.ts'

export function InstallPage({ view }: { readonly view: View }) {
  const { install, isCancelling } = view.wizard
  const { lines, top, last } = scrollOf(view, 'install')
  const isFollowing = view.scroll['install'] == null
  const running = install.tasks.find(({ state }) => state === 'running')
  const doing = isCancelling
    ? 'Cancelling: waiting until the disks are let go …'
    : running
      ? `${running.title}${running.message ? `: ${running.message}` : ''}`
      : 'Starting …'
  return (
    <Frame view={view} edge={isFollowing || last === 0 ? 'Log' : `Log, line ${top + 1} of ${lines.length}; End follows it`}>
      <Tasks view={view} />
      <Text bold wrap="truncate">
        {doing}
      </Text>
      <Text wrap="truncate">{barLine(view)}</Text>
      <Text wrap="truncate" {...toneProps('dim', view.capabilities.colour)}>
        {'─'.repeat(view.size.columns - 4)}
      </Text>
      {lines.slice(top, top + installLogHeight(view)).map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line has no identity but its place
        <Text key={top + index} wrap="truncate">
          {line === '' ? ' ' : line}
        </Text>
      ))}
    </Frame>
  )
}

function Tasks({ view }: { readonly view: View }) {
  const { tasks } = view.wizard.install
  const width = view.size.columns - 4
  const rows = taskRows(view)
  const columns = hasTallTasks(view) ? [tasks] : [tasks.slice(0, rows), tasks.slice(rows)]
  return (
    <Box height={rows}>
      {columns.map((column, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: left and right
        <Box key={index} flexDirection="column" width={Math.floor(width / columns.length)}>
          {column.map((task) => (
            <Text key={task.id} wrap="truncate" bold={task.state === 'running'} {...lookOf(task, view)}>
              {taskLine(task, Math.floor(width / columns.length) - 1)}
            </Text>
          ))}
        </Box>
      ))}
    </Box>
  )
}

const SIGNS: Readonly<Record<TaskProgress['state'], string>> = {
  waiting: '·',
  running: '❯',
  done: '✓',
  'already-done': '✓',
  failed: '✗',
  undone: '↑',
}

function taskLine({ state, title, fraction, durationMs }: TaskProgress, width: number): string {
  const note =
    state === 'running'
      ? `${Math.floor(fraction * 100)} %`
      : state === 'done' && durationMs !== null
        ? formatClock(durationMs)
        : state === 'already-done'
          ? 'was done'
          : state === 'waiting'
            ? ''
            : state
  const room = width - 2 - note.length - 1
  return `${SIGNS[state]} ${pad(cut(title, room), room)} ${note}`
}

function lookOf({ state }: TaskProgress, { capabilities }: View) {
  if (state === 'failed') return toneProps('problem', capabilities.colour)
  if (state === 'waiting') return toneProps('dim', capabilities.colour)
  return state === 'done' || state === 'already-done' ? toneProps('good', capabilities.colour) : {}
}

const BAR_CELLS = 30

function barLine({ wizard: { install }, now }: View): string {
  const fraction = fractionDone(install)
  const full = Math.floor(fraction * BAR_CELLS)
  const left = timeLeftMs(install, now)
  const elapsed = install.startedAt === null ? 0 : now - install.startedAt
  const bar = `${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)} ${String(Math.floor(fraction * 100)).padStart(3)} %`
  return `${bar}   ${formatClock(elapsed)} so far${left === null ? '' : `, ${formatGuess(left)} left`}`
}
