import { dirname, resolve } from 'node:path'
import type { SecretKey } from '../answers/secret-keys.ts'
import type { SecretSources } from '../answers/secret-sources.ts'
import { UserError } from '../system/errors.ts'
import type { Hands } from './hands.ts'
import type { Terminal } from './terminal.ts'

type Asker = NonNullable<SecretSources['askSecret']>

/** Where the secrets of an answer file come from: `passphraseFile: passphrase.txt` is meant beside the answer file, wherever
 *  we were started. Without `askSecret` those that are asked for stay open. */
export function secretsOfFile(
  { system, environment }: Pick<Hands, 'system' | 'environment'>,
  file: string,
  askSecret?: Asker,
): SecretSources {
  return {
    readSecretFile: (path) => system.readText(resolve(dirname(file), path)),
    readVariable: (name) => environment[name] ?? null,
    ...(askSecret && { askSecret }),
  }
}

/** For a plan that is only looked at: it holds no secret, so nobody is asked. */
export const standInSecret: Asker = async ({ standIn }) => standIn

const MOST_TRIES = 3

/** Asks on the terminal, without echo; what the person makes up now is asked for twice. Null without a terminal. */
export function askOnTerminal({ askHidden, stderr }: Pick<Terminal, 'askHidden' | 'stderr'>) {
  return async ({ what, isNew }: Pick<SecretKey, 'what' | 'isNew'>): Promise<string | null> => {
    if (!askHidden) return null
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const first = await askHidden(`${capital(what)}: `)
      if (first === null) return null
      if (!isNew) return first.reveal()
      const again = await askHidden('The same once more: ')
      if (again === null) return null
      if (first.equals(again)) return first.reveal()
      stderr('The two differ. Type both again.\n')
    }
    throw new UserError(`the ${what} was typed differently ${MOST_TRIES} times`, { nextSteps: ['start again'] })
  }
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
