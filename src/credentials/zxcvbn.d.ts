declare module 'zxcvbn' {
  type Result = {
    readonly score: 0 | 1 | 2 | 3 | 4
    readonly feedback: { readonly warning: string; readonly suggestions: readonly string[] }
    readonly crack_times_seconds: { readonly offline_slow_hashing_1e4_per_second: number }
  }
  const zxcvbn: (password: string, userInputs?: readonly string[]) => Result
  export = zxcvbn
}
