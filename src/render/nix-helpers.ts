import { Bug } from '../system/errors.ts'
import { nixAttr, nixBool, nixInt, nixList, nixString } from './nix-literals.ts'

type Scalar = string | number | boolean

const isScalar = (value: unknown): value is Scalar => ['string', 'number', 'boolean'].includes(typeof value)

function typed<T>(helper: string, wanted: string, value: unknown, is: (value: unknown) => value is T): T {
  if (is(value)) return value
  throw new Bug(`{{${helper}}} wants ${wanted}, got ${Array.isArray(value) ? 'a list' : String(value)}`)
}

const isString = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number'
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
const isList = (value: unknown): value is readonly Scalar[] => Array.isArray(value) && value.every(isScalar)

/** The only ways for data into a template, one for each kind of Nix value; a value of another kind is a Bug. */
export const NIX_HELPERS = {
  nixStr: (value: unknown) => nixString(typed('nixStr', 'a string', value, isString)),
  nixAttr: (value: unknown) => nixAttr(typed('nixAttr', 'a string', value, isString)),
  nixInt: (value: unknown) => nixInt(typed('nixInt', 'a number', value, isNumber)),
  nixBool: (value: unknown) => nixBool(typed('nixBool', 'true or false', value, isBoolean)),
  nixList: (value: unknown) => nixList(typed('nixList', 'a list of plain values', value, isList)),
} as const
