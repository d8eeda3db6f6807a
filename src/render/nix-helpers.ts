import { nixAttr, nixBool, nixInt, nixList, nixString } from './nix-literals.ts'
import { typedHelper } from './typed-helper.ts'

type Scalar = string | number | boolean

const isString = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number'
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
const isScalar = (value: unknown): value is Scalar => isString(value) || isNumber(value) || isBoolean(value)
const isList = (value: unknown): value is readonly Scalar[] => Array.isArray(value) && value.every(isScalar)

/** The only ways for data into a Nix template, one for each kind of Nix value; a value of another kind is a Bug. */
export const NIX_HELPERS = {
  nixStr: typedHelper('nixStr', 'a string', isString, nixString),
  nixAttr: typedHelper('nixAttr', 'a string', isString, nixAttr),
  nixInt: typedHelper('nixInt', 'a number', isNumber, nixInt),
  nixBool: typedHelper('nixBool', 'true or false', isBoolean, nixBool),
  nixList: typedHelper('nixList', 'a list of plain values', isList, nixList),
} as const
