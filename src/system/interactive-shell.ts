import { spawn } from 'node:child_process'

/** A root shell on our own terminal, for a person who wants to look for themselves. Resolves when it ends. The caller has
 *  let go of the terminal. */
export async function runInteractiveShell(environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  // Ctrl-C in the shell is meant for what runs there, not for us.
  const ignore = () => {}
  process.on('SIGINT', ignore)
  try {
    await new Promise<void>((resolve) => {
      const shell = spawn(environment.SHELL ?? '/bin/sh', ['-i'], { stdio: 'inherit', env: { ...environment } })
      shell.on('error', (error) => {
        process.stderr.write(`cannot start a shell: ${error.message}\n`)
        resolve()
      })
      shell.on('exit', () => resolve())
    })
  } finally {
    process.off('SIGINT', ignore)
  }
}
