const ESC = '\u001B['

/** Other screen, no cursor, no wrapping at the right edge, pastes in brackets, all clear. A terminal that does not know one
 *  of them ignores it. */
export const ENTER_SCREEN = `${ESC}?1049h${ESC}?25l${ESC}?7l${ESC}?2004h${ESC}2J`
export const LEAVE_SCREEN = `${ESC}?2004l${ESC}?7h${ESC}0m${ESC}2J${ESC}H${ESC}?25h${ESC}?1049l`
/** Goes to the far corner and asks where that is. */
export const SIZE_QUERY = `${ESC}999;999H${ESC}6n`
