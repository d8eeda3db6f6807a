/** What a page remembers about saving and loading answers, by name in the view's memory; see `forgetShown`. */
export const SAVE_PATH = 'save.path'
export const SAVED_TO = 'save.saved-to'
export const SAVE_REFUSED = 'save.refused'
/** The file that the next Enter replaces. */
export const SAVE_EXISTS = 'save.exists'
export const SAVE_FIELD = 'save-path'

export const LOAD_PATH = 'save.load-path'
export const LOAD_REFUSED = 'save.load-refused'
export const LOAD_FIELD = 'load-path'
