/** 0: guessed at once, 4: not within years. Advice only: what must be kept to says the step's schema. */
export type Strength = { readonly score: 0 | 1 | 2 | 3 | 4; readonly word: string; readonly advice: string }

const WORDS = ['very weak', 'weak', 'fair', 'good', 'strong'] as const
/** zxcvbn takes more than linear time, and no one guesses beyond this anyway. */
const JUDGED_LENGTH = 100

/** Loads the dictionaries (800 kB) on the first call, so that no page before the first secret waits for them. */
export async function judgeStrength(secret: string): Promise<Strength> {
  const { default: zxcvbn } = await import('zxcvbn')
  const { score, feedback } = zxcvbn(secret.slice(0, JUDGED_LENGTH), ['keystone', 'primer', 'nixos'])
  return { score, word: WORDS[score], advice: feedback.warning || feedback.suggestions[0] || '' }
}
