import { createHash, X509Certificate } from 'node:crypto'
import type { ClusterAnswers } from '../model/answers.ts'
import type { LookResult } from '../model/look.ts'
import type { Problem } from '../model/problem.ts'
import type { Trust } from '../system/https-get.ts'
import type { System } from '../system/system.ts'

/** The Kubernetes that is installed. A node may be up to three minor versions older than the API server, never newer.
 *  Source: kubernetes.io/releases/version-skew-policy */
export const KUBERNETES_VERSION = { major: 1, minor: 35 }
const OLDEST_SKEW = 3
const TIMEOUT_MS = 10_000

export type Get = System['httpsGet']

type Join = NonNullable<ClusterAnswers['join']>

/** Asks the running cluster whether this machine can join, before any disk is touched. As `kubeadm join` does: the CA is
 *  taken from the public cluster-info and held against the pinned hash; only then is the token sent. */
export async function checkCluster(join: Join, hostName: string, get: Get): Promise<LookResult> {
  const ask = (path: string, trust: Trust) => get(new URL(path, join.server).href, trust, TIMEOUT_MS)
  const stop = (problem: Omit<Problem, 'path'>, key: string): LookResult => ({
    problems: [{ ...problem, path: ['cluster', key] }],
    good: [],
    unknown: [],
    found: [],
  })

  const info = await ask('/api/v1/namespaces/kube-public/configmaps/cluster-info', 'anybody')
  if ('error' in info) {
    const message = `no answer from ${join.server}: ${errorWords(info.error)}`
    return stop(
      { code: 'cluster-unreachable', message, hint: 'check the address, and that the cluster is running' },
      'server',
    )
  }
  const ca = info.status === 200 ? caOf(info.body) : null
  if (ca === null) {
    const message = `${join.server} answers, but not as a Kubernetes cluster that takes new nodes (${info.status})`
    return stop({ code: 'no-cluster-info', message, hint: 'check the address and its port, usually 6443' }, 'server')
  }
  if (caHash(ca) !== join.caHash) {
    const message = `the cluster at ${join.server} has another CA than the given one: ${caHash(ca)}`
    const hint =
      'if you are sure that this is your cluster, copy the hash anew from its first Primer; else somebody is in between'
    return stop({ code: 'ca-mismatch', message, hint }, 'caHash')
  }

  const trust = { ca, bearer: join.token }
  const version = await ask('/version', trust)
  if ('error' in version) {
    const message = `the certificate of ${join.server} is not good for it: ${errorWords(version.error)}`
    return stop({ code: 'cluster-untrusted', message, hint: 'use the name that is in its certificate' }, 'server')
  }
  if (version.status === 401) {
    const hint = 'tokens end after a while: make a new one on the first Primer'
    return stop({ code: 'token-refused', message: 'the cluster does not take this token', hint }, 'token')
  }
  const good = ['the cluster answers, and its CA is the given one', 'it takes the token']
  const problems: Problem[] = []
  const unknown: string[] = []

  const found = version.status === 200 ? versionOf(version.body) : null
  const skew = found && versionProblem(found)
  if (!found) unknown.push(`its version is not known (${version.status})`)
  else if (skew) problems.push(skew)
  else good.push(`it runs Kubernetes ${found.text}`)

  const node = await ask(`/api/v1/nodes/${encodeURIComponent(hostName)}`, trust)
  if ('status' in node && node.status === 200) {
    const message = `the cluster has a node ${hostName} already`
    const hint = 'choose another host name; if this machine takes its place, remove the old node from the cluster first'
    problems.push({ code: 'host-name-taken', path: ['identity', 'hostName'], message, hint })
  } else if ('status' in node && node.status === 404) good.push(`the name ${hostName} is free`)
  else
    unknown.push(
      `whether the name ${hostName} is free: ${'error' in node ? errorWords(node.error) : `not told (${node.status})`}`,
    )
  return { problems, good, unknown, found: [] }
}

/** `sha256:` of the CA's public key (SubjectPublicKeyInfo, DER), as kubeadm's --discovery-token-ca-cert-hash. */
export function caHash(pem: string): string {
  const key = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' })
  return `sha256:${createHash('sha256').update(key).digest('hex')}`
}

/** The CA in a cluster-info, which holds a kubeconfig as text. Null when there is none that can be read. */
function caOf(body: string): string | null {
  const kubeconfig = field(field(parse(body), 'data'), 'kubeconfig')
  if (typeof kubeconfig !== 'string') return null
  const [, data] = /certificate-authority-data:\s*"?([A-Za-z0-9+/=]+)"?/.exec(kubeconfig) ?? []
  if (data === undefined) return null
  const pem = Buffer.from(data, 'base64').toString('utf8')
  try {
    return new X509Certificate(pem).ca ? pem : null
  } catch {
    return null
  }
}

type Version = { readonly major: number; readonly minor: number; readonly text: string }

/** `{"gitVersion": "v1.35.2+k3s1", …}` */
function versionOf(body: string): Version | null {
  const text = field(parse(body), 'gitVersion')
  const [, full, major, minor] = (typeof text === 'string' && /^v((\d+)\.(\d+)[.\w+-]*)$/.exec(text)) || []
  return full === undefined ? null : { major: Number(major), minor: Number(minor), text: full }
}

function versionProblem(found: Version): Problem | null {
  const ours = `${KUBERNETES_VERSION.major}.${KUBERNETES_VERSION.minor}`
  const path = ['cluster', 'server']
  const ahead = (found.major - KUBERNETES_VERSION.major) * 1000 + found.minor - KUBERNETES_VERSION.minor
  if (ahead < 0) {
    const message = `the cluster runs Kubernetes ${found.text}, older than the ${ours} that would be installed here`
    return { code: 'cluster-too-old', path, message, hint: 'update the cluster first, or use an older Keystone' }
  }
  if (ahead <= OLDEST_SKEW) return null
  const message = `the cluster runs Kubernetes ${found.text}, too far ahead of the ${ours} that would be installed here`
  return { code: 'cluster-too-new', path, message, hint: 'use a newer Keystone' }
}

const ERROR_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name cannot be looked up now',
  ETIMEDOUT: 'it took too long',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name',
  CERT_HAS_EXPIRED: 'it has expired, or the clock of this machine is wrong',
  CERT_NOT_YET_VALID: 'it is not valid yet, or the clock of this machine is wrong',
  EPROTO: 'it does not speak TLS',
}

function errorWords(code: string): string {
  return ERROR_WORDS[code] ?? code
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}
