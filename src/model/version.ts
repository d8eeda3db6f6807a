/** Set by the bundler (scripts/build.mjs). */
declare const KEYSTONE_VERSION: string | undefined
declare const KEYSTONE_BUILT_AT: string | undefined

/** `1.2.0`; another one renders other files, so it does not go on with an install that was begun. */
export const INSTALLER_VERSION: string = typeof KEYSTONE_VERSION === 'string' ? KEYSTONE_VERSION : 'from source'

/** ISO 8601, UTC: the time of the commit the bundle was made from. No clock that is right is before it. Null from source. */
export const BUILT_AT: string | null = typeof KEYSTONE_BUILT_AT === 'string' ? KEYSTONE_BUILT_AT : null
