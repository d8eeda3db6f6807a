/** Where a command without a screen writes. */
export type Terminal = {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  readonly isTTY: boolean
}
