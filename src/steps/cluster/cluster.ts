import * as z from 'zod'
import { checkDnsLabel } from '../dns-label.ts'
import { checkedText, type FieldCheck } from '../field.ts'
import type { Step } from '../step.ts'

export const DEFAULT_CLUSTER_NAME = 'home'

export const checkClusterName: FieldCheck = (text) => checkDnsLabel(text, 'a cluster name', 'invalid-cluster-name')

export const clusterStep: Step<'cluster'> = {
  id: 'cluster',
  title: 'Cluster',
  help: [
    'This machine becomes the first node of a Kubernetes cluster. The name tells your clusters apart, in kubectl for example; ' +
      'it is not a domain and nobody outside sees it.',
    'The role of a first node is Primer: it starts the cluster, holds its state, and other machines join it later.',
  ],
  schema: z.strictObject({
    name: checkedText(checkClusterName, 'short name in lower case, such as home'),
    role: z.literal('primer').describe('primer: the first node, which starts the cluster'),
  }),
  defaults: () => ({ name: DEFAULT_CLUSTER_NAME, role: 'primer' }),
  check: () => [],
  summary: (value) => [
    { label: 'Cluster', value: value.name },
    { label: 'Role', value: 'Primer, the first node' },
  ],
}
