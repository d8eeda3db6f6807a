import { tryThird } from './try-third.ts'

// Installs that are killed or asked to end, and what a bundle tells of a failed one.
tryThird(['kill', 'signal', 'bundle'])
