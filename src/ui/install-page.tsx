import { Box, Text } from 'ink'
import { formatSize } from '../model/size.ts'
import { fractionDone, type TaskProgress } from '../wizard/progress.ts'
import { timeLeftMs } from '../wizard/time-left.ts'
import { formatClock, formatGuess } from './durations.ts'
import { Frame } from './frame.tsx'
import { hasTallTasks, installLogHeight, noticeLines, taskRows } from './log-lines.ts'
import { scrollOf } from './scrolling.ts'
import type { View } from './session.ts'
import { cut, displayWidth, pad } from './text.ts'
import { toneProps } from './theme.ts'

export function InstallPage({ view }: { readonly view: View }) {
  const { install, isCancelling } = view.wizard
  const { lines, top, last } = scrollOf(view, 'install')
  const isFollowing = view.scroll.install == null
  const running = install.tasks.find(({ state }) => state === 'running')
  const doing = isCancelling
    ? 'Cancelling: waiting until the disks are let go …'
    : running
      ? `${running.title}${running.fraction > 0 ? `,${percent(running.fraction)}` : ''}${running.message ? `: ${running.message}` : ''}${bytesOf(running)}`
      : 'Starting …'
  return (
    <Frame
      view={view}
      {...(!isFollowing && last > 0 && { edge: `Line ${top + 1} of ${lines.length}; End follows the log` })}
    >
      <Tasks view={view} />
      <Text bold wrap="truncate">
        {doing}
      </Text>
      <Text wrap="truncate">{barLine(view)}</Text>
      {noticeLines(view).map((line) => (
        <Text key={line} {...toneProps('warning', view.capabilities.colour)}>
          {line}
        </Text>
      ))}
      <Text wrap="truncate" {...toneProps('dim', view.capabilities.colour)}>
        {`── Log ${'─'.repeat(view.size.columns - 4 - 7)}`}
      </Text>
      {lines.slice(top, top + installLogHeight(view)).map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line has no identity but its place
        <Text key={top + index} wrap="truncate">
          {line.text === '' ? ' ' : line.text}
        </Text>
      ))}
    </Frame>
  )
}

/** Nix tells its bytes in its message, with all that belongs to them. */
const TELL_THEIR_BYTES: ReadonlySet<TaskProgress['id']> = new Set(['build', 'install'])

function bytesOf({ id, bytes }: TaskProgress): string {
  if (bytes === undefined || bytes.done === 0 || TELL_THEIR_BYTES.has(id)) return ''
  const total = bytes.total === null ? '' : ` of ${formatSize(bytes.total)}`
  const pace = bytes.perSecond === null ? '' : `, ${formatSize(bytes.perSecond)}/s`
  return ` (${formatSize(bytes.done)}${total} written${pace})`
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
              {taskLine(task, Math.floor(width / columns.length) - 1, columns.length === 1)}
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

/** In two columns there is room for the title only, and for what must be said in words. */
function taskLine(task: TaskProgress, width: number, hasRoom: boolean): string {
  const note = hasRoom || task.state === 'failed' ? noteOf(task) : ''
  const room = note === '' ? width - 2 : width - 3 - displayWidth(note)
  return `${SIGNS[task.state]} ${pad(cut(task.title, room), room)}${note === '' ? '' : ` ${note}`}`
}

function noteOf({ state, fraction, durationMs }: TaskProgress): string {
  switch (state) {
    case 'running':
      return percent(fraction)
    case 'done':
      return durationMs === null ? '' : formatClock(durationMs)
    case 'already-done':
      return 'was done'
    case 'waiting':
      return ''
    default:
      return state
  }
}

function percent(fraction: number): string {
  return `${String(Math.floor(fraction * 100)).padStart(3)} %`
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
  const bar = `${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)} ${percent(fraction)}`
  return `${bar}   ${formatClock(elapsed)} so far${left === null ? '' : `, ${formatGuess(left)} left`}`
}
