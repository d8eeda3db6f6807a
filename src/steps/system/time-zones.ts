export const DEFAULT_TIME_ZONE = 'UTC'

/** Names of today for zones that JavaScript still lists by their old ones. Source: tzdata, the file `backward`; both names
 *  are in every tzdata. */
const NEWER_NAMES: ReadonlyMap<string, string> = new Map([
  ['Africa/Asmera', 'Africa/Asmara'],
  ['America/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
  ['America/Catamarca', 'America/Argentina/Catamarca'],
  ['America/Coral_Harbour', 'America/Atikokan'],
  ['America/Cordoba', 'America/Argentina/Cordoba'],
  ['America/Godthab', 'America/Nuuk'],
  ['America/Indianapolis', 'America/Indiana/Indianapolis'],
  ['America/Jujuy', 'America/Argentina/Jujuy'],
  ['America/Louisville', 'America/Kentucky/Louisville'],
  ['America/Mendoza', 'America/Argentina/Mendoza'],
  ['Asia/Calcutta', 'Asia/Kolkata'],
  ['Asia/Katmandu', 'Asia/Kathmandu'],
  ['Asia/Rangoon', 'Asia/Yangon'],
  ['Asia/Saigon', 'Asia/Ho_Chi_Minh'],
  ['Atlantic/Faeroe', 'Atlantic/Faroe'],
  ['Europe/Kiev', 'Europe/Kyiv'],
  ['Pacific/Enderbury', 'Pacific/Kanton'],
  ['Pacific/Ponape', 'Pacific/Pohnpei'],
  ['Pacific/Truk', 'Pacific/Chuuk'],
])

let list: readonly string[] | undefined

/** Zones of the IANA database by name, UTC first. Asked for, not listed here: Node has them of its own version. */
export function timeZones(): readonly string[] {
  list ??= [
    DEFAULT_TIME_ZONE,
    ...Intl.supportedValuesOf('timeZone')
      .map((name) => NEWER_NAMES.get(name) ?? name)
      .filter((name) => name !== DEFAULT_TIME_ZONE)
      .sort(),
  ]
  return list
}

/** Whether it is a zone by its name of today or by an old one of the list above. Exactly as written: tzdata has files. */
export function isTimeZone(text: string): boolean {
  return timeZones().includes(text) || NEWER_NAMES.has(text)
}
