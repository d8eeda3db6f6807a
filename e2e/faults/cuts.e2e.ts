import { tryThird } from './try-third.ts'

// Power cuts from one recorded install, and what a changed machine finds of it.
tryThird(['record', 'cut', 'changed'])
