import * as z from 'zod'
import { type ClusterAnswers, ROLES, type Role } from '../../model/answers.ts'
import { Secret } from '../../model/secret.ts'
import { checkDnsLabel } from '../dns-label.ts'
import { acrossFields, checkedText, type FieldCheck, type Finding } from '../field.ts'
import type { Drafts, Step } from '../step.ts'
import { checkCaHash, checkDomain, checkMeshUrl, checkServer, checkToken } from './join-rules.ts'

export const DEFAULT_CLUSTER_NAME = 'home'

export const checkClusterName: FieldCheck = (text) => checkDnsLabel(text, 'a cluster name', 'invalid-cluster-name')

export const ROLE_TITLES: Readonly<Record<Role, string>> = {
  primer: 'First Primer',
  'joining-primer': 'Joining Primer',
  worker: 'Worker',
  storage: 'Storage node',
}

export const ROLE_DETAILS: Readonly<Record<Role, string>> = {
  primer: 'Starts a new cluster and holds its state. Others join it later.',
  'joining-primer': 'Joins a cluster that runs, and holds its state too.',
  worker: 'Joins a cluster that runs, and runs programs for it.',
  storage: 'As a worker, and its disks serve the whole cluster.',
}

/** What only a machine that joins says. */
const JOIN_CHECKS = { server: checkServer, token: checkToken, caHash: checkCaHash } as const

const fields = z
  .strictObject({
    name: checkedText(checkClusterName, 'short name in lower case, such as home'),
    role: z.enum(ROLES).describe('primer: the first node, which starts the cluster; the others join one that runs'),
    domain: checkedText(checkDomain, 'services get names below it, such as home.example.org; empty for none'),
    meshUrl: checkedText(checkMeshUrl, 'where the mesh network is coordinated, https://…; empty for none'),
    server: z.string().describe('of a cluster to join: its address, such as https://primer.home:6443'),
    token: z.string().describe('of a cluster to join: the join token'),
    caHash: z.string().describe('of a cluster to join: the hash of its CA, sha256:…'),
  })
  .check(acrossFields<Drafts['cluster']>(checkJoin))

/** Only what the role uses is judged: a page keeps the fields while another role is chosen. */
function checkJoin(
  draft: Partial<Drafts['cluster']>,
  report: (path: readonly (string | number)[], finding: Finding) => void,
): void {
  if (draft.role === undefined || draft.role === 'primer') return
  for (const [key, check] of Object.entries(JOIN_CHECKS) as [keyof typeof JOIN_CHECKS, FieldCheck][]) {
    const text = draft[key]
    const finding = text === undefined ? null : check(text)
    if (finding) report([key], finding)
  }
}

export const clusterStep: Step<'cluster'> = {
  id: 'cluster',
  title: 'Cluster',
  help: [
    'The first Primer starts a new Kubernetes cluster. All other machines join one that runs: as another Primer, which holds ' +
      'the state of the cluster too, as a worker, or as a storage node.',
    'The name tells your clusters apart, in kubectl for example; it is not a domain and nobody outside sees it.',
    'To join, a machine needs the address of the cluster, a token, and the hash of its CA. The first Primer shows all three. The ' +
      'hash makes sure that the token goes to your cluster and to nobody else.',
    'Domain and mesh may be left empty. Services get their names below the domain. The mesh connects machines that are not in ' +
      'the same network.',
  ],
  schema: fields.transform(toAnswers),
  defaults: () => ({
    name: DEFAULT_CLUSTER_NAME,
    role: 'primer',
    domain: '',
    meshUrl: '',
    server: '',
    token: '',
    caHash: '',
  }),
  check: () => [],
  summary: (value) => [
    { label: 'Cluster', value: value.name },
    { label: 'Role', value: ROLE_TITLES[value.role] },
    ...(value.join === null ? [] : [{ label: 'Joins', value: value.join.server }]),
    ...(value.domain === null ? [] : [{ label: 'Domain', value: value.domain }]),
    ...(value.meshUrl === null ? [] : [{ label: 'Mesh', value: value.meshUrl }]),
  ],
}

function toAnswers(draft: Drafts['cluster'] & { role: Role }): ClusterAnswers {
  const { name, role, domain, meshUrl, server, token, caHash } = draft
  return {
    name,
    role,
    domain: domain === '' ? null : domain,
    meshUrl: meshUrl === '' ? null : meshUrl.replace(/\/$/, ''),
    join: role === 'primer' ? null : { server: server.replace(/\/$/, ''), token: new Secret(token), caHash },
  }
}
