// The package is @lydell/node-pty under the name node-pty; its own types only know the long name.
declare module 'node-pty' {
  type Disposable = { dispose(): void }
  export type Pty = {
    readonly pid: number
    onData(listener: (data: Uint8Array | string) => void): Disposable
    onExit(listener: (exit: { exitCode: number; signal?: number }) => void): Disposable
    write(data: string): void
    pause(): void
    resume(): void
    resize(cols: number, rows: number): void
    kill(signal?: string): void
  }
  export function spawn(
    file: string,
    args: string[],
    options: {
      name: string
      cols: number
      rows: number
      cwd: string
      env: Record<string, string | undefined>
      encoding: null
    },
  ): Pty
}
