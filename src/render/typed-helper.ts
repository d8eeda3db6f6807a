import { Bug } from '../system/errors.ts'

/** A Handlebars helper that takes one kind of value; anything else is a Bug that says what it got. */
export function typedHelper<T>(
  name: string,
  wanted: string,
  is: (value: unknown) => value is T,
  write: (value: T) => string,
): (value: unknown) => string {
  return (value) => {
    if (is(value)) return write(value)
    throw new Bug(`{{${name}}} wants ${wanted}, got ${Array.isArray(value) ? 'a list' : String(value)}`)
  }
}
