import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { defaultDisks } from './harness/disks.ts'
import type { Machine } from './harness/machine.ts'
import { answersYaml } from './install/answers.ts'
import { withDiskMachine, withLab } from './install/disk-machine.ts'

const MINUTE = 60_000
const ANSWERS = answersYaml({ layout: 'single-ext4', unlock: 'passphrase', diskIds: ['keystone-a'] })
const PIN = createHash('sha256').update(ANSWERS).digest('hex')
const URL = 'https://localhost:8443/answers.yaml'

/** What the live image's unit decided: how the lines start, by which file, and what they show first. */
type Decision = { mode: string; source: string; notice: string }

test('a partition labelled KEYSTONE gives the answers, and its own disk can no longer be erased', async () => {
  await withLab((lab) =>
    withDiskMachine(lab, 'answers-partition', { disks: defaultDisks }, async (machine) => {
      const { agent } = machine
      await agent.putFile('/run/answers.yaml', ANSWERS, '0600')
      await agent.succeed(`disk=/dev/disk/by-id/virtio-keystone-b
set -e
sgdisk --new=1:0:+64M $disk && partprobe $disk && udevadm settle
mkfs.vfat -n KEYSTONE $disk-part1 && mount $disk-part1 /mnt
cp /run/answers.yaml /mnt/ && umount /mnt && udevadm settle`)
      expect(await decide(machine, 'quiet')).toMatchObject({
        mode: 'unattended',
        source: expect.stringMatching(/^answers\.yaml on \/dev\/vd[a-z]1$/),
        notice: '',
      })
      // The partition stays mounted: who names its disk is refused, whatever the file says.
      await agent.putFile('/run/other.yaml', ANSWERS.replaceAll('keystone-a', 'keystone-b'), '0600')
      const other = await agent.exec('keystone plan --answers /run/other.yaml', { timeoutMs: MINUTE })
      expect(other.code).toBe(2)
      expect(other.stderr).toContain('in use')
      expect((await agent.exec('keystone plan --answers /run/answers.yaml', { timeoutMs: MINUTE })).code).toBe(0)
    }),
  )
})

test('an https address gives the answers: by a valid certificate, and only the file of the fingerprint', async () => {
  await withLab((lab) =>
    withDiskMachine(lab, 'answers-https', { disks: defaultDisks }, async (machine) => {
      const { agent } = machine
      await agent.putFile('/run/web/answers.yaml', ANSWERS, '0600')
      await agent.succeed(`cd /run/web && openssl req -quiet -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \\
  -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem
systemd-run --quiet --unit=answers-server --working-directory=/run/web openssl s_server -accept 8443 -WWW -cert cert.pem -key key.pem
timeout 60 bash -c 'until echo | openssl s_client -connect localhost:8443 >/dev/null 2>&1; do sleep 0.2; done'`)

      expect(await decide(machine, `keystone.answers=${URL} keystone.answers.sha256=${PIN}`)).toEqual({
        mode: '',
        source: '',
        notice: expect.stringContaining("the server's certificate is not valid"),
      })
      await agent.succeed('cp /run/web/cert.pem /usr/local/share/ca-certificates/lab.crt && update-ca-certificates', {
        timeoutMs: 2 * MINUTE,
      })
      expect(await decide(machine, `keystone.answers=${URL} keystone.answers.sha256=${PIN}`)).toEqual({
        mode: 'unattended',
        source: 'from the address of the kernel line',
        notice: '',
      })
      expect(await decide(machine, `keystone.answers=${URL} keystone.answers.sha256=${'0'.repeat(64)}`)).toEqual({
        mode: '',
        source: expect.any(String),
        notice: expect.stringContaining(`its fingerprint is ${PIN}`),
      })
      expect(await agent.succeed('ls /run/keystone-live')).not.toContain('answers.yaml')
    }),
  )
})

/** Runs the unit's program as the live image does, with this kernel line. */
async function decide({ agent }: Machine, kernelLine: string): Promise<Decision> {
  await agent.putFile('/run/cmdline', `${kernelLine}\n`)
  await agent.succeed(
    'KEYSTONE_CMDLINE=/run/cmdline KEYSTONE_NETWORK_WAIT=1 PATH=/usr/local/sbin:/usr/local/bin:$PATH keystone-answers',
    { timeoutMs: 3 * MINUTE },
  )
  const read = async (name: string) => agent.succeed(`cat /run/keystone-live/${name} 2>/dev/null || true`)
  return { mode: await read('mode'), source: await read('source'), notice: await read('notice') }
}
