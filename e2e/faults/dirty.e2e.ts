import { tryThird } from './try-third.ts'

// Layouts over layouts on one boot, and a pool that is mounted and let go again and again.
tryThird(['dirty', 'cycles'])
