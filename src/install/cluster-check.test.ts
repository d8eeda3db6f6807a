import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { Secret } from '../model/secret.ts'
import { httpsGet } from '../system/https-get.ts'
import { caHash, checkCluster } from './cluster-check.ts'

const papers = join(import.meta.dirname, '../testing/cluster')
const ca = readFileSync(join(papers, 'ca.pem'), 'utf8')
/** By `openssl x509 -pubkey -noout | openssl pkey -pubin -outform der | sha256sum`. */
const CA_HASH = 'sha256:d349d7633471f3b26e9916bbe8841c7e35c7b550de709c4302e01ced9c56a759'
const TOKEN = 'abcdef.0123456789abcdef'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

type Reply = { status: number; body: unknown }
const kubeconfig = `apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: ${Buffer.from(ca).toString('base64')}\n`
const INFO: Reply = { status: 200, body: { data: { kubeconfig } } }
const NOT_FOUND: Reply = { status: 404, body: { kind: 'Status', reason: 'NotFound' } }

/** An API server that answers as told, and notes what it was asked and whether the token came along. */
async function cluster({
  info = INFO,
  version = '1.35.1',
  node = NOT_FOUND,
}: {
  info?: Reply
  version?: string
  node?: Reply
}) {
  const asked: string[] = []
  const server = createServer(
    { key: readFileSync(join(papers, 'server.key')), cert: readFileSync(join(papers, 'server.pem')) },
    ({ url = '', headers }, response) => {
      asked.push(`${url}${headers.authorization === undefined ? '' : ' with a token'}`)
      const isAllowed = headers.authorization === `Bearer ${TOKEN}`
      const refused = { status: 401, body: { kind: 'Status', reason: 'Unauthorized' } }
      const reply =
        url === '/api/v1/namespaces/kube-public/configmaps/cluster-info'
          ? info
          : !isAllowed
            ? refused
            : url === '/version'
              ? { status: 200, body: { gitVersion: `v${version}` } }
              : node
      response.writeHead(reply.status, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body))
    },
  )
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const check = (more: { token?: string; caHash?: string; host?: string } = {}) =>
    checkCluster(
      {
        server: `https://${more.host ?? 'localhost'}:${port}`,
        token: new Secret(more.token ?? TOKEN),
        caHash: more.caHash ?? CA_HASH,
      },
      'cellar',
      httpsGet,
    )
  return { asked, check }
}

const codes = ({ problems }: Awaited<ReturnType<typeof checkCluster>>) =>
  problems.map(({ code, path }) => `${path.join('.')} ${code}`)

test('the hash of a CA is the one that openssl gives for its public key', () => {
  expect(caHash(ca)).toBe(CA_HASH)
})

test('a cluster that takes this machine: everything that was looked at is told', async () => {
  const { check, asked } = await cluster({})
  expect(await check()).toEqual({
    problems: [],
    good: [
      'the cluster answers, and its CA is the given one',
      'it takes the token',
      'it runs Kubernetes 1.35.1',
      'the name cellar is free',
    ],
    unknown: [],
    found: [],
  })
  expect(asked).toEqual([
    '/api/v1/namespaces/kube-public/configmaps/cluster-info',
    '/version with a token',
    '/api/v1/nodes/cellar with a token',
  ])
})

test('another CA than the pinned one: the token is not sent', async () => {
  const { check, asked } = await cluster({})
  expect(codes(await check({ caHash: `sha256:${'0'.repeat(64)}` }))).toEqual(['cluster.caHash ca-mismatch'])
  expect(asked).toEqual(['/api/v1/namespaces/kube-public/configmaps/cluster-info'])
})

test('a CA that is the given one, in front of a certificate for another name: the token is not sent', async () => {
  const { check, asked } = await cluster({})
  expect(codes(await check({ host: '127.0.0.1' }))).toEqual(['cluster.server cluster-untrusted'])
  expect(asked).toHaveLength(1)
})

test('a token that the cluster does not take', async () => {
  const { check } = await cluster({})
  const findings = await check({ token: 'abcdef.ffffffffffffffff' })
  expect(codes(findings)).toEqual(['cluster.token token-refused'])
  expect(JSON.stringify(findings)).not.toContain('ffffffff')
})

test('a host name that a node has already', async () => {
  const { check } = await cluster({ node: { status: 200, body: { kind: 'Node' } } })
  expect(codes(await check())).toEqual(['identity.hostName host-name-taken'])
})

test.each([
  ['1.35.0+k3s1', []],
  ['1.38.2', []],
  ['1.39.0', ['cluster.server cluster-too-new']],
  ['1.34.9', ['cluster.server cluster-too-old']],
  ['2.0.0', ['cluster.server cluster-too-new']],
])('a cluster of Kubernetes %s gives %j', async (version, expected) => {
  const { check } = await cluster({ version })
  expect(codes(await check())).toEqual(expected)
})

test('what it may not tell is said to be unknown, and is no problem', async () => {
  const { check } = await cluster({ version: 'odd', node: { status: 403, body: {} } })
  const { problems, unknown } = await check()
  expect(problems).toEqual([])
  expect(unknown).toEqual(['its version is not known (200)', 'whether the name cellar is free: not told (403)'])
})

test.each([
  [{ status: 403, body: {} }],
  [{ status: 200, body: 'hello' }],
  [{ status: 200, body: { data: {} } }],
  [{ status: 200, body: { data: { kubeconfig: 'certificate-authority-data: bm8gY2VydA==' } } }],
])('something else that answers there: %j', async (info) => {
  const { check } = await cluster({ info })
  expect(codes(await check())).toEqual(['cluster.server no-cluster-info'])
})

test('nothing that listens', async () => {
  const findings = await checkCluster(
    { server: 'https://127.0.0.1:1', token: new Secret(TOKEN), caHash: CA_HASH },
    'cellar',
    httpsGet,
  )
  expect(findings.problems).toEqual([
    {
      code: 'cluster-unreachable',
      path: ['cluster', 'server'],
      message: 'no answer from https://127.0.0.1:1: nothing listens there',
      hint: 'check the address, and that the cluster is running',
    },
  ])
})
