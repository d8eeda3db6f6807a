/** Said by the opening and by the welcome page alike. */
export const PROMISE = 'Keystone makes this machine a server of your cluster.'
export const LOOKING = 'Looking at the hardware ...'
export const DRY_RUN_BANNER = '  Dry run: nothing will be changed'
