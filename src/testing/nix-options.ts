import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
// The evaluator only reads files given by path; a store in memory needs no /nix and no root.
const env = { ...process.env, NIX_REMOTE: 'dummy://' }

const STAND_INS = new URL('../../e2e/lab/stand-ins/nixpkgs/', import.meta.url).pathname

/** A Nix expression for nixpkgs' lib: our stand-in. */
export const OWN_LIB = `(import ${STAND_INS}lib)`

const given = (name: string) => process.env[name] || null

/** A checkout of nixpkgs, or its lib folder. */
export const REAL_LIB_PATH = given('KEYSTONE_NIXPKGS_LIB')

function realLib(): string | null {
  if (REAL_LIB_PATH === null) return null
  const inner = join(REAL_LIB_PATH, 'lib')
  return `(import ${nixPath(existsSync(join(inner, 'default.nix')) ? inner : REAL_LIB_PATH)})`
}

/** The real ones, as Nix expressions, when the caller gives their source; nothing of them is part of this repository. */
export const REAL_LIB = realLib()
export const REAL_DISKO = given('KEYSTONE_DISKO')

export const REAL_LIB_REASON =
  REAL_LIB === null
    ? "skipped: set KEYSTONE_NIXPKGS_LIB to a checkout of nixpkgs or of its lib to compare with nixpkgs' own"
    : 'KEYSTONE_NIXPKGS_LIB is given'
export const REAL_DISKO_REASON =
  REAL_LIB === null || REAL_DISKO === null
    ? 'skipped: set KEYSTONE_DISKO and KEYSTONE_NIXPKGS_LIB to their checkouts to use the real types of disko'
    : 'KEYSTONE_DISKO is given'

function nixPath(path: string): string {
  return `(/. + ${JSON.stringify(path)})`
}

/** The value of an expression, forced to the last leaf, by way of JSON, and what Nix said meanwhile.
 *  @throws Error with Nix's own message. */
export async function evaluateExpression(expression: string): Promise<{ value: unknown; said: string }> {
  const args = ['--eval', '--strict', '--json', '--expr', expression]
  const { stdout, stderr } = await run('nix-instantiate', args, { env, maxBuffer: 64 * 2 ** 20 })
  return { value: JSON.parse(stdout), said: withoutNoise(stderr) }
}

/** The message for an expression that must fail; null when it does not fail. */
export async function evaluationError(expression: string): Promise<string | null> {
  try {
    await evaluateExpression(expression)
    return null
  } catch (error) {
    const { stderr } = error as { stderr?: string }
    if (stderr === undefined) throw error
    return withoutNoise(stderr)
  }
}

/** Without what Nix puts around a message: its first word, the indentation, the hint at the end. */
function withoutNoise(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => !line.includes('build-users-group') && !line.startsWith('(use '))
  const text = lines.map((line) => line.replace(/^ {7}/, '').trimEnd()).join('\n')
  return text.replace(/^error: ?/, '').trim()
}

export type Flake = { readonly name: string; readonly folder: string; readonly host: string }

/** The expression that checks whole configurations: see check.nix. */
export function checkExpression(
  flakes: readonly Flake[],
  { lib = OWN_LIB, disko = null }: { lib?: string; disko?: string | null } = {},
): string {
  const entries = flakes.map(
    ({ name, folder, host }) => `"${name}" = { flake = ${JSON.stringify(folder)}; host = "${host}"; };`,
  )
  const real =
    disko === null ? '' : `disko = import ${STAND_INS}real-disko.nix { inherit lib; disko = ${nixPath(disko)}; };`
  return `let lib = ${lib}; in import ${STAND_INS}check.nix { inherit lib; ${real} flakes = { ${entries.join(' ')} }; }`
}

/** An expression for what a flake's options below `root` declare: [ { name; type; description; hasDefault; } … ]. */
export function optionsExpression({ folder, host }: Flake, root: string): string {
  return `let
    lib = ${OWN_LIB};
    outputs = import ${STAND_INS}call-flake.nix { inherit lib; flake = ${JSON.stringify(folder)}; };
    walk = one: if lib.isOption one then [ one ] else lib.concatMap walk (lib.attrValues one);
    show = one: {
      name = toString one;
      type = one.type.description;
      description = one.description or "";
      hasDefault = one ? default;
    };
  in map show (walk outputs.nixosConfigurations.${JSON.stringify(host)}.options.${root})`
}

/** An expression that has `lib`, and `evaluate`: modules -> the configuration, as NixOS has it without any NixOS option. */
export function withLib(lib: string, expression: string): string {
  return `let lib = ${lib}; inherit (lib) mkOption types; evaluate = modules: (lib.evalModules { inherit modules; }).config; in ${expression}`
}

/** An expression that has `lib`, `list` (the options of NixOS), `nixos` (modules -> a system) and `parse`: see option-types.nix. */
export function withOptionList(expression: string): string {
  return `let
    lib = ${OWN_LIB};
    list = builtins.fromJSON (builtins.readFile ${STAND_INS}nixos-options.json);
    tree = import ${STAND_INS}option-tree.nix { inherit lib list; };
    nixos = modules: import ${STAND_INS}nixos.nix { inherit lib list; } { inherit modules; };
    parse = import ${STAND_INS}option-types.nix {
      inherit lib;
      submodule = _: free: lib.types.submodule { } // { nestedTypes = lib.optionalAttrs (free != null) { inherit free; }; };
    };
  in ${expression}`
}
