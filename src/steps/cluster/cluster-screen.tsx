import { problemsAt, type StepScreen } from '../../ui/step-screen.ts'

export const clusterScreen: StepScreen<'cluster'> = ({ draft, problems, onChange }) => [
  { kind: 'note', text: 'This machine becomes the first node of a Kubernetes cluster.' },
  { kind: 'blank' },
  {
    kind: 'text',
    id: 'name',
    label: 'Cluster name',
    value: draft.name,
    hint: 'short, in lower case',
    problems: problemsAt(problems, 'cluster', 'name'),
    onChange: (name) => onChange({ ...draft, name }),
  },
  { kind: 'blank' },
  { kind: 'heading', text: 'Role of this machine' },
  {
    kind: 'choice',
    id: 'primer',
    group: 'role',
    label: 'Primer',
    detail: 'Starts the cluster and holds its state. Other machines join it later.',
    isChosen: draft.role === 'primer',
    problems: problemsAt(problems, 'cluster', 'role'),
    onChoose: () => onChange({ ...draft, role: 'primer' }),
  },
]
