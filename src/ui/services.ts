import type { InstallRequest, InstallResult, WizardPorts } from '../wizard/state.ts'

export type { InstallRequest, InstallResult }

/** Everything the wizard has done by others; it has no I/O but the terminal's. */
export type WizardServices = WizardPorts & {
  reboot(): Promise<void>
  /** Resolves when the person has left the shell. The screen is free while it runs. */
  openShell(): Promise<void>
  /** The lines of the whole log, oldest first. */
  readLog(): Promise<string[]>
}

export type Capabilities = {
  /** False for TERM=linux or vt220 and where the locale is not UTF-8: ASCII only. */
  readonly unicode: boolean
  /** False for NO_COLOR and terminals without colour. */
  readonly colour: boolean
}

export type WizardExit = { readonly reason: 'installed' | 'quit' | 'failed' | 'dry-run-done' }
