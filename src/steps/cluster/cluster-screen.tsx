import { ROLES } from '../../model/answers.ts'
import { Secret } from '../../model/secret.ts'
import { lookRows } from '../../ui/look-rows.ts'
import type { Row, TextField } from '../../ui/rows.ts'
import { problemsAt, type StepScreen, type StepScreenProps } from '../../ui/step-screen.ts'
import { ROLE_DETAILS, ROLE_TITLES } from './cluster.ts'
import { checkCaHash, checkServer, checkToken } from './join-rules.ts'

type Props = StepScreenProps<'cluster'>

export const clusterScreen: StepScreen<'cluster'> = (props) => {
  const { draft, problems, onChange } = props
  return [
    { kind: 'heading', text: 'Role of this machine' },
    ...ROLES.map(
      (role): Row => ({
        kind: 'choice',
        id: role,
        group: 'role',
        label: ROLE_TITLES[role],
        detail: ROLE_DETAILS[role],
        isChosen: draft.role === role,
        problems: draft.role === role ? problemsAt(problems, 'cluster', 'role') : [],
        onChoose: () => onChange({ ...draft, role }),
      }),
    ),
    { kind: 'blank' },
    field(props, 'name', 'Cluster name', 'short, in lower case'),
    ...(draft.role === 'primer' ? [] : joinRows(props)),
    field(props, 'domain', 'Domain', 'may be empty'),
    field(props, 'meshUrl', 'Mesh', 'https://…, may be empty'),
  ]
}

function joinRows(props: Props): readonly Row[] {
  const { memory } = props
  const isHidden = !memory.isOn('shown')
  return [
    field(props, 'server', 'Address', 'https://…:6443'),
    { ...field(props, 'token', 'Join token'), isHidden },
    {
      kind: 'check',
      id: 'shown',
      label: 'Show what is typed',
      isChecked: !isHidden,
      onToggle: () => memory.set('shown', isHidden),
    },
    field(props, 'caHash', 'CA hash', 'sha256:…'),
    ...checkRows(props),
  ]
}

/** The same is checked once more before anything is erased; here it costs the least to put right. */
function checkRows({ draft, looks, hostName }: Props): readonly Row[] {
  const { server, token, caHash } = draft
  const isWhole = !checkServer(server) && !checkToken(token) && !checkCaHash(caHash)
  const about = [server, token, caHash, hostName].join(' ')
  const look = looks.get('check')
  return [
    {
      kind: 'action',
      id: 'check',
      label: 'Ask the cluster now',
      verb: 'ask',
      goesOn: true,
      onPress() {
        if (!isWhole) return
        looks.start('check', about, ({ checkCluster }) =>
          checkCluster({ server, token: new Secret(token), caHash }, hostName),
        )
      },
    },
    ...(isWhole
      ? []
      : [
          {
            kind: 'note' as const,
            text: 'Address, token and hash are needed for that.',
            tone: 'dim' as const,
            indent: 4,
          },
        ]),
    ...(look?.about === about ? lookRows(look, 'Asking the cluster…') : []),
  ]
}

function field(
  { draft, problems, onChange }: Props,
  key: Exclude<keyof Props['draft'], 'role'>,
  label: string,
  hint?: string,
): TextField {
  return {
    kind: 'text',
    id: key,
    label,
    value: draft[key],
    ...(hint !== undefined && { hint }),
    problems: problemsAt(problems, 'cluster', key),
    // None of them has a space, and of a pasted token nobody sees one.
    onChange: (value) => onChange({ ...draft, [key]: value.trim() }),
  }
}
