import { tryThird } from './try-third.ts'

// Faults while an install runs.
tryThird(['fault'])
