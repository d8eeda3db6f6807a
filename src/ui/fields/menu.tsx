import { Text } from 'ink'
import SelectInput from 'ink-select-input'
import { FOCUS_SIGN, NO_FOCUS_SIGN } from '../theme.ts'

export type MenuItem<Value extends string> = {
  readonly value: Value
  readonly label: string
  /** It cannot be chosen now; its label says why. */
  readonly isBlocked?: boolean
}

/** A short list to choose from by Up, Down and Enter. */
export function Menu<Value extends string>(props: {
  readonly items: readonly MenuItem<Value>[]
  onSelect(value: Value): void
  /** One that is blocked was chosen. */
  onBlocked?(): void
}) {
  const blocked = new Set(props.items.flatMap(({ value, isBlocked }) => (isBlocked === true ? [value] : [])))
  return (
    <SelectInput
      items={props.items.map(({ value, label }) => ({ value, label }))}
      indicatorComponent={Indicator}
      itemComponent={Item}
      onSelect={({ value }) => (blocked.has(value) ? props.onBlocked?.() : props.onSelect(value))}
    />
  )
}

function Indicator({ isSelected = false }: { readonly isSelected?: boolean }) {
  return <Text>{isSelected ? FOCUS_SIGN : NO_FOCUS_SIGN}</Text>
}

function Item({ isSelected = false, label }: { readonly isSelected?: boolean; readonly label: string }) {
  return (
    <Text inverse={isSelected} wrap="truncate">
      {` ${label} `}
    </Text>
  )
}
