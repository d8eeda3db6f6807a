/** What an install leaves on its esps when it has come to its end, so that nobody installs over it by mistake. No secret. */
export type InstallMark = {
  readonly format: 1
  readonly planHash: string
  /** Of what was answered apart from the disks: plan/answers-hash.ts */
  readonly answersHash: string
  readonly hostName: string
  readonly installerVersion: string
  /** ISO 8601, UTC; by the clock of the live system. */
  readonly finishedAt: string
}

/** One that was found. */
export type FinishedInstall = {
  readonly mark: InstallMark
  /** The disk that it is on, as it is called now: `/dev/vdb`. */
  readonly diskPath: string
}
