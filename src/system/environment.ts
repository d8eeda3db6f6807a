/** Where programs are looked for when the caller's environment has no PATH: NixOS first, then everybody else. */
const DEFAULT_PATH =
  '/run/wrappers/bin:/run/current-system/sw/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** What programs may inherit from us: how to find things and how to reach the network. Everything else stays here, so that
 *  a stray ZPOOL_VDEV_NAME_PATH or LUKS pinentry setting cannot change what an install does. */
const INHERITED = [
  'PATH',
  'HOME',
  'USER',
  'TMPDIR',
  'XDG_CACHE_HOME',
  'NIX_PATH',
  'NIX_REMOTE',
  'NIX_CONFIG',
  'NIX_SSL_CERT_FILE',
  'SSL_CERT_FILE',
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'no_proxy',
  'KEYSTONE_DISKO',
  'KEYSTONE_NIXPKGS_LIB',
]

/** How a program that downloads is told of its proxy; in small letters, because curl, and nix by it, take http_proxy in no
 *  others. The exceptions are those of the installed system (modules/keystone/network.nix). */
export function proxyEnvironment(proxy: string): Record<string, string> {
  return { http_proxy: proxy, https_proxy: proxy, no_proxy: 'localhost,127.0.0.1,::1' }
}

/** The environment of every program we start. LC_ALL=C because we parse what they print; git does what we say and not what
 *  the settings of the live system say. */
export function commandEnvironment(given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const environment: Record<string, string> = { PATH: DEFAULT_PATH }
  for (const name of INHERITED) {
    const value = given[name]
    if (value !== undefined) environment[name] = value
  }
  environment.LC_ALL = 'C'
  environment.GIT_CONFIG_GLOBAL = '/dev/null'
  environment.GIT_CONFIG_NOSYSTEM = '1'
  return environment
}
