import { expect, test } from 'vitest'
import { HELP, readCommandLine } from './arguments.ts'

const NONE = {
  answers: null,
  iso: null,
  out: null,
  machine: null,
  recoveryKeyFile: null,
  progress: null,
  isDryRun: false,
  isJson: false,
  isUnattended: false,
  reboots: false,
  begun: null,
  secretsFrom: null,
  to: null,
  isPrivate: false,
}

test('the help fits on one screen', () => {
  const lines = HELP.trimEnd().split('\n')
  expect(lines.length).toBeLessThanOrEqual(24)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
})

test('no words start the wizard', () => {
  expect(readCommandLine([])).toEqual({ ...NONE, what: 'wizard' })
  expect(readCommandLine(['--dry-run', '--out', './out'])).toEqual({
    ...NONE,
    what: 'wizard',
    isDryRun: true,
    out: './out',
  })
})

test('reads each command', () => {
  const install = ['install', '--answers', 'a.yaml', '--progress=plain', '--reboot', '--recovery-key-file', '/run/key']
  expect(readCommandLine(install)).toEqual({
    ...NONE,
    what: 'install',
    answers: 'a.yaml',
    progress: 'plain',
    reboots: true,
    recoveryKeyFile: '/run/key',
  })
  expect(readCommandLine(['check', 'a.yaml'])).toEqual({ ...NONE, what: 'check', answers: 'a.yaml' })
  expect(readCommandLine(['detect', '--json'])).toEqual({ ...NONE, what: 'detect', isJson: true })
  expect(readCommandLine(['render', '--answers', 'a', '--out', 'o', '--machine', 'm'])).toEqual({
    ...NONE,
    what: 'render',
    answers: 'a',
    out: 'o',
    machine: 'm',
  })
  expect(readCommandLine(['match', 'a.yaml', '--json', '--machine', 'm'])).toEqual({
    ...NONE,
    what: 'match',
    answers: 'a.yaml',
    machine: 'm',
    isJson: true,
  })
  expect(readCommandLine(['schema'])).toEqual({ ...NONE, what: 'schema' })
  const migrate = ['answers', 'migrate', 'a.yaml', '--out', 'b.yaml']
  expect(readCommandLine(migrate)).toEqual({ ...NONE, what: 'answers migrate', answers: 'a.yaml', out: 'b.yaml' })
  const prepare = ['iso', 'prepare', 'k.iso', '--answers', 'a', '--out', 'n.iso']
  expect(readCommandLine(prepare)).toEqual({ ...NONE, what: 'iso prepare', iso: 'k.iso', answers: 'a', out: 'n.iso' })
  const inspect = ['iso', 'inspect', '--json', 'k.iso']
  expect(readCommandLine(inspect)).toEqual({ ...NONE, what: 'iso inspect', iso: 'k.iso', isJson: true })
  const check = ['check', '--unattended', 'a.yaml']
  expect(readCommandLine(check)).toEqual({ ...NONE, what: 'check', answers: 'a.yaml', isUnattended: true })
  const resume = ['resume', '--secrets-from', '/run/s', '--recovery-key-file', '/run/k', '--reboot']
  expect(readCommandLine(resume)).toEqual({
    ...NONE,
    what: 'resume',
    secretsFrom: '/run/s',
    recoveryKeyFile: '/run/k',
    reboots: true,
  })
  expect(readCommandLine(['look', '--json'])).toEqual({ ...NONE, what: 'look', isJson: true })
  const bundle = { ...NONE, what: 'bundle' }
  expect(readCommandLine(['bundle', '--to', 'lan', '--private'])).toEqual({ ...bundle, to: 'lan', isPrivate: true })
  const again = ['install', '--answers', 'a', '--begun', 'start-over']
  expect(readCommandLine(again)).toEqual({ ...NONE, what: 'install', answers: 'a', begun: 'start-over' })
  expect(readCommandLine(['--answers', 'a.yaml'])).toEqual({ ...NONE, what: 'wizard', answers: 'a.yaml' })
  expect(readCommandLine(['install', '--help'])).toEqual({ what: 'help' })
  expect(readCommandLine(['--version'])).toEqual({ what: 'version' })
  expect(readCommandLine(['help'])).toEqual({ what: 'help' })
  expect(readCommandLine(['version'])).toEqual({ what: 'version' })
})

test.each([
  [['wizard'], 'there is no command wizard'],
  [['--loud'], 'there is no option --loud'],
  [['detect', '--answers', 'a'], 'detect takes no --answers'],
  [['--json'], 'the wizard takes no --json'],
  [['plan'], 'plan needs --answers'],
  [['plan', '--answers'], '--answers needs a value'],
  [['plan', '--answers', 'a', '--json=yes'], '--json takes no value'],
  [['render', '--answers', 'a'], 'render needs --out'],
  [['iso'], 'iso needs prepare or inspect'],
  [['iso', 'inspect'], 'iso inspect needs an ISO'],
  [['iso', 'inspect', 'a', 'b'], 'one word too many: b'],
  [['iso', 'inspect', 'a', '--out', 'b'], 'iso inspect takes no --out'],
  [['iso', 'prepare', 'a', '--out', 'b'], 'iso prepare needs --answers'],
  [['iso', 'prepare', 'a', '--answers', 'b'], 'iso prepare needs --out'],
  [['install', '--answers', 'a', '--unattended'], 'install takes no --unattended'],
  [['install', '--answers', 'a', '--begun', 'again'], '--begun is continue, start-over or stop'],
  [
    ['install', '--answers', 'a', '--dry-run', '--out', 'o', '--begun', 'stop'],
    '--begun goes on with nothing in a dry run',
  ],
  [['resume', '--answers', 'a', '--secrets-from', 'b'], '--secrets-from takes the place of --answers'],
  [['look', '--answers', 'a'], 'look takes no --answers'],
  [['bundle', 'a'], 'one word too many: a'],
  [['check'], 'check needs a FILE'],
  [['match'], 'match needs a FILE'],
  [['schema', 'a'], 'one word too many: a'],
  [['schema', '--json'], 'schema takes no --json'],
  [['answers'], 'answers needs migrate'],
  [['answers', 'migrate'], 'answers migrate needs a FILE'],
  [['migrate', 'a'], 'there is no command migrate'],
  [['check', 'a', 'b'], 'one word too many: b'],
  [['check', ''], 'check needs a FILE'],
  [['check', 'a', '--answers', 'b'], 'the answer file is given twice: once by --answers'],
  [['plan', '--answers', 'a', '--answers', 'b'], '--answers is given twice'],
  [['plan', 'a', '--answers', 'b'], 'one word too many: a'],
  [['install', '--answers', 'a', '--progress', 'loud'], '--progress is plain or json'],
  [['--dry-run'], '--dry-run needs --out DIR for what it writes'],
  [['install', '--answers', 'a', '--out', 'o'], '--out goes with --dry-run'],
  [['install', '--answers', 'a', '--machine', 'm'], '--machine installs nothing: it needs --dry-run'],
])('refuses %j', (argv, message) => {
  expect(readCommandLine(argv)).toEqual({ what: 'error', message, hint: 'keystone --help shows what there is' })
})

test.each([
  [['instal'], 'there is no command instal', 'did you mean install?'],
  [['--answer', 'a'], 'there is no option --answer', 'did you mean --answers?'],
  [['plan', '--anwsers=a'], 'there is no option --anwsers', 'did you mean --answers?'],
  [['iso', 'prepar', 'k.iso'], 'there is no command iso prepar', 'did you mean iso prepare?'],
  [['prepare'], 'there is no command prepare', 'did you mean iso prepare?'],
  [['answers', 'migrat', 'a'], 'there is no command answers migrat', 'did you mean answers migrate?'],
  [
    ['a.yaml'],
    'there is no command a.yaml',
    'keystone check a.yaml checks it; keystone --answers a.yaml opens the wizard with it',
  ],
  [['install', 'a.yaml'], 'one word too many: a.yaml', 'the answer file is given by --answers a.yaml'],
])('says what %j was meant to be', (argv, message, hint) => {
  expect(readCommandLine(argv)).toEqual({ what: 'error', message, hint })
})
