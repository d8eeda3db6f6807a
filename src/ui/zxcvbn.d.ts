declare module 'zxcvbn' {
  type Result = {
    readonly score: 0 | 1 | 2 | 3 | 4
    readonly feedback: { readonly warning: string; readonly suggestions: readonly string[] }
  }
  const zxcvbn: (password: string, userInputs?: readonly string[]) => Result
  export = zxcvbn
}
