import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** True when the new command line of nix is here, for tests that build. */
export const hasNixBuild = (() => {
  try {
    execFileSync('nix', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()
export const NIX_BUILD_REASON = hasNixBuild ? 'nix is here' : 'skipped: nix is not installed (apt-get install nix-bin)'

/** What needs no nixpkgs and no network: /bin/sh writes each output. `two` is 300 KB, so that its copy takes several records;
 *  it also speaks to nix as stdenv does when a phase begins. */
const DERIVATIONS = `
let
  run = name: script: more: derivation ({
    inherit name;
    system = builtins.currentSystem;
    builder = "/bin/sh";
    args = [ "-c" script ];
  } // more);
in rec {
  one = run "one" "echo line from one; echo 1 >$out" { };
  two = run "two" ''
    echo '@nix { "action": "setPhase", "phase": "buildPhase" }' >&2
    printf ' 10%%\\r 50%%\\r100%%\\n'
    printf '%0300000d' 2 >$out
  '' { };
  three = run "three" "echo $one $two >$out" { inherit one two; };
  four = run "four" "echo $three >$out; echo done" { inherit three; };
  bad = run "bad" "echo this breaks >&2; exit 3" { };
  needsBad = run "needs-bad" "echo $bad >$out" { inherit bad; };
}
`

/** What one run of nix wrote to stderr, line by line, and how it ended. */
export type NixRun = { readonly exitCode: number; readonly lines: readonly string[] }

/** A nix of its own below a temporary folder: store, state and settings; no root, no daemon, no sandbox, no network. */
export function createRealNix() {
  const folder = mkdtempSync(join(tmpdir(), 'keystone-real-nix-'))
  const at = (name: string) => join(folder, name)
  for (const name of ['conf', 'home']) mkdirSync(at(name))
  writeFileSync(at('tree.nix'), DERIVATIONS)
  let generation = 0

  return {
    folder,
    storeDirectory: at('store'),
    /** The binary cache that `copy --to file://…` fills. */
    cache: at('cache'),
    /** `nix <args>` the way the installer runs it, without what Nix 2.8 does not know. */
    run(...args: readonly string[]): Promise<NixRun> {
      const common = ['--extra-experimental-features', 'nix-command', '--log-format', 'internal-json', '--verbose']
      const options = {
        sandbox: 'false',
        'build-users-group': '',
        'require-sigs': 'false',
        'narinfo-cache-positive-ttl': '0',
      }
      const given = Object.entries(options).flatMap(([name, value]) => ['--option', name, value])
      const env = {
        PATH: process.env.PATH,
        HOME: at('home'),
        NIX_STORE_DIR: at('store'),
        NIX_STATE_DIR: at(`state-${generation}`),
        NIX_LOG_DIR: at('log'),
        NIX_CONF_DIR: at('conf'),
      }
      return new Promise((resolve) => {
        execFile(
          'nix',
          [...common, ...given, ...args],
          { cwd: folder, env, maxBuffer: 64 * 2 ** 20 },
          (error, _, stderr) => {
            const exitCode = error === null ? 0 : Number(error.code)
            resolve({ exitCode, lines: stderr.split('\n').filter((line) => line !== '') })
          },
        )
      })
    },
    /** From here on the store is empty. */
    forget() {
      renameSync(at('store'), at(`store-${generation}`))
      generation += 1
    },
    /** The cache over http on this machine, as long as `work` runs. */
    async serveCache<T>(work: (url: string) => Promise<T>): Promise<T> {
      const server = createServer((request, response) => {
        try {
          response.end(readFileSync(join(at('cache'), new URL(request.url ?? '/', 'http://x').pathname)))
        } catch {
          response.writeHead(404).end()
        }
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      try {
        return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
      } finally {
        server.closeAllConnections()
        server.close()
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
