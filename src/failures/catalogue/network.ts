import type { FailureSignature } from '../../model/failure.ts'
import { type CatalogueEntry, failureOf, isNix, NO_FACTS, WAYS, WAYS_WITH_ANSWERS } from '../entry.ts'
import { nixEnded } from '../nix-exit-code.ts'

const PATH = '/nix/store/10lhz3a1z0zzk7nfr4dbwzyxfr1fmbz0-linux-6.12.41'
const nix = { fetching: [PATH], building: [], corruptedPath: null, untrustedPath: null, position: null }
const fetching = failureOf({ task: 'build', program: 'nix', action: 'build', exitCode: 1, nix })
const online = { ...NO_FACTS, hasLink: true, hasRoute: true } as const

/** Only a download fails for want of a network; a mistake in the configuration or a build that fails does not. */
const wasFetching = (failure: FailureSignature) =>
  isNix(failure) && (failure.nix?.fetching.length ?? 0) > 0 && !nixEnded(failure.exitCode, 'buildFailed')

export const networkEntries: readonly CatalogueEntry[] = [
  {
    code: 'cache-wrong',
    title: 'A download was not what it should be',
    matches: (failure, { hasLink, hasRoute }) =>
      isNix(failure) &&
      (failure.nix?.corruptedPath != null ||
        failure.nix?.untrustedPath != null ||
        // That it came whole says that the network was there; that it is there still, that it was not lost just then.
        (failure.nix?.refusedPath !== undefined && hasLink !== false && hasRoute !== false) ||
        nixEnded(failure.exitCode, 'hashMismatch')),
    tell: ({ nix: found }) => {
      const path = found?.corruptedPath ?? found?.refusedPath ?? found?.untrustedPath ?? null
      const what = path === null ? 'a download' : path
      const cause =
        found?.corruptedPath == null && found?.refusedPath === undefined && found?.untrustedPath != null
          ? `${what} is not signed by anybody this system trusts`
          : `${what} came from the cache with other content than it should have; it was not used`
      return {
        cause,
        remedy: [
          'a proxy or a mirror that changes downloads does this: change the proxy in the answers, or use another network',
          'then retry: what was downloaded right is kept',
        ],
      }
    },
    waysOn: WAYS_WITH_ANSWERS,
    example: {
      signature: { ...fetching, nix: { ...nix, refusedPath: PATH } },
      facts: { ...online, nameLookup: 'works' },
    },
  },
  {
    code: 'network-lost',
    title: 'The network is gone',
    matches: (failure, { hasLink, hasRoute }) => wasFetching(failure) && (hasLink === false || hasRoute === false),
    tell: (_, { hasLink }) => ({
      cause:
        hasLink === false
          ? 'the network was lost during a download: no network card has a link'
          : 'the network was lost during a download: there is no route to the internet any more',
      remedy: [
        hasLink === false
          ? 'check the cable and the switch, or the wireless network (nmtui); see the cards: ip link'
          : 'pull the cable and plug it in again, which asks for a new address; see the routes: ip route',
        'then retry: what was downloaded is kept',
      ],
    }),
    waysOn: WAYS,
    example: { signature: fetching, facts: { ...NO_FACTS, hasLink: false, hasRoute: false } },
  },
  {
    code: 'dns-dead',
    title: 'The name server does not answer',
    matches: (failure, { nameLookup }) =>
      wasFetching(failure) && (nameLookup === 'no-answer' || nameLookup === 'no-such-name'),
    tell: (_, { nameLookup }) => ({
      cause:
        nameLookup === 'no-answer'
          ? 'no name server answers, so that nothing can be downloaded by its name'
          : 'the name server answers, but does not know cache.nixos.org',
      remedy: [
        'see which one is asked: cat /etc/resolv.conf',
        "put one there that answers, for example: echo 'nameserver 9.9.9.9' >/etc/resolv.conf",
        'then retry: what was downloaded is kept',
      ],
    }),
    waysOn: ['shell', 'retry', 'answers', 'bundle', 'power-off'],
    example: { signature: fetching, facts: { ...online, nameLookup: 'no-answer' } },
  },
  {
    code: 'download-failed',
    title: 'A download failed',
    matches: wasFetching,
    tell: ({ nix: found }) => ({
      cause: `a download failed though the network is there: ${found?.fetching.at(-1) ?? ''}`,
      remedy: [
        'see whether the server answers: curl -I https://cache.nixos.org',
        'it may be busy: wait a few minutes',
        'then retry: what was downloaded is kept',
      ],
    }),
    waysOn: WAYS,
    example: { signature: fetching, facts: { ...online, nameLookup: 'works' } },
    noFaultBecause: 'the server on the other side of the same switch as network-lost',
  },
]
