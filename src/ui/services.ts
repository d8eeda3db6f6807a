import type { OpeningAnswers } from '../answers/opening-answers.ts'
import type { Answers, ClusterAnswers, NetworkAnswers } from '../model/answers.ts'
import type { LookResult } from '../model/look.ts'
import type { KeySource } from '../steps/identity/key-source.ts'
import type { BundleResult, BundleTarget } from '../support/bundle.ts'
import type { Stick } from '../support/find-sticks.ts'
import type { InstallRequest, InstallResult, WizardPorts } from '../wizard/state.ts'

export type { InstallRequest, InstallResult }

/** What a page has looked up outside. What goes wrong is in the result, in words. */
export type PageServices = {
  /** Sets the keymap of the console the wizard runs on. */
  applyKeyboard(keymap: string): Promise<LookResult>
  checkNetwork(network: NetworkAnswers): Promise<LookResult>
  /** By this proxy, `http://proxy.example:3128`, or null for the live system's. */
  findKeys(source: KeySource, proxy: string | null): Promise<LookResult>
  checkCluster(join: NonNullable<ClusterAnswers['join']>, hostName: string): Promise<LookResult>
}

/** Everything the wizard has done by others; it has no I/O but the terminal's. */
export type WizardServices = WizardPorts & {
  reboot(): Promise<void>
  powerOff(): Promise<void>
  /** USB sticks that a support bundle can be written to, never a disk of the plan. */
  sticks(): Promise<readonly Stick[]>
  /** Rejects with what is in the way. */
  saveBundle(target: BundleTarget): Promise<BundleResult>
  /** Resolves when the person has left the shell. The screen is free while it runs. */
  openShell(): Promise<void>
  /** The lines of the whole log, oldest first. */
  readLog(): Promise<string[]>
  /** Writes the answers, without their secrets, to a file (0600). A file that is there already is left alone unless it
   *  `mayReplace` it. Rejects with what is wrong with the path. */
  saveAnswers(answers: Answers, path: string, options: { readonly mayReplace: boolean }): Promise<'saved' | 'exists'>
  /** Null when there is no such file or it cannot be read; what is wrong in it is in the result. */
  loadAnswers(path: string): Promise<OpeningAnswers | null>
  readonly pages: PageServices
}

export type Capabilities = {
  /** False for TERM=linux or vt220 and where the locale is not UTF-8: ASCII only. */
  readonly unicode: boolean
  /** False for NO_COLOR and terminals without colour. */
  readonly colour: boolean
  /** True for TERM=dumb and screen readers: lines one after the other, no cursor, no escape sequences. */
  readonly linear?: boolean
}

export type WizardExit = { readonly reason: 'installed' | 'quit' | 'failed' | 'dry-run-done' }
