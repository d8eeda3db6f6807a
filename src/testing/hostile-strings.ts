// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the curly brackets are Nix's
/** Strings that broke somebody's quoting once, for every test that quotes. */
const HAND_MADE = [
  '',
  ' ',
  '"',
  "'",
  "''",
  '\\',
  '\\\\',
  '\\"',
  '$',
  '$$',
  '${',
  '$${',
  '\\${x}',
  '${pkgs.bash}/bin/bash',
  "''${x}",
  "''\\n",
  '\n',
  '\n\n  indented\n',
  '\r',
  '\r\n',
  '\t',
  '\u0001',
  '\u001b[31m',
  '\u007f',
  '\u2028',
  '\ufeff',
  'é',
  'é',
  '🌲',
  '漢字',
  '# not a comment',
  '/* nor this */',
  '"; in builtins.abort "x',
  '{{nixStr x}}',
  '<nixpkgs>',
  './relative',
  '~/home',
  'https://example.org/?a=b&c=%20',
  '007',
  '-1',
  '25.11',
  'true',
  'null',
  'if',
  'with',
  'rec',
  'or',
  'let',
  'assert',
  'inherit',
  'then',
  'else',
  'in',
  '-x',
  '_x',
  "x'",
  'a-b',
  'a.b',
  'a b',
  'eth0.100',
  '10-lan',
  'crypt/root',
  '$y$j9T$aBcDeF$0123456789',
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA "quoted" comment $HOME',
  'x'.repeat(5000),
]

const ALPHABET = [
  '"',
  "'",
  '\\',
  '$',
  '{',
  '}',
  '\n',
  '\r',
  '\t',
  ' ',
  'a',
  '0',
  '-',
  '.',
  '/',
  '#',
  '<',
  '>',
  '&',
  'é',
  '🌲',
  '\u0007',
]

/** The hand-made ones and `count` random ones, the same at each run. */
export function hostileStrings(count = 1000): readonly string[] {
  // mulberry32: small, and with a fixed seed a failure can be repeated.
  let state = 20260530
  const random = () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
  }
  const pick = () => ALPHABET[Math.floor(random() * ALPHABET.length)] ?? ''
  return [
    ...HAND_MADE,
    ...Array.from({ length: count }, () => Array.from({ length: 1 + random() * 12 }, pick).join('')),
  ]
}
