import { describe, expect, test } from 'vitest'
import { hasNix, NIX_REASON } from './nix.ts'
import { tryExamples } from './nix-lib-examples.ts'
import { evaluateExpression, evaluationError, OWN_LIB, withOptionList } from './nix-options.ts'

describe.skipIf(!hasNix)(`nixpkgs' lib (${NIX_REASON})`, () => {
  test('the stand-in gives the values and the messages of NixOS', async () => {
    const { found, expected } = await tryExamples(OWN_LIB)
    expect(found).toEqual(expected)
  })
})

describe.skipIf(!hasNix)(`the options of NixOS (${NIX_REASON})`, () => {
  test('the list is complete, and all but a few types are understood', async () => {
    const { value } = await evaluateExpression(
      withOptionList(`let
        all = lib.filter (one: one ? type) (lib.attrValues (list.options // list.extra // list.overrides26_05));
        isUnknown = depth: type:
          type.name == "unknown"
          || depth < 6 && !lib.hasSuffix "value" type.description
            && lib.any (isUnknown (depth + 1)) (lib.attrValues type.nestedTypes);
        byType = lib.groupBy (one: one.type) all;
        odd = lib.filter (words: isUnknown 0 (parse { kids = { }; } words)) (lib.attrNames byType);
      in {
        options = lib.length (lib.attrNames list.options);
        notUnderstood = lib.foldl' (sum: words: sum + lib.length byType.\${words}) 0 odd;
      }`),
    )
    // What is not understood is accepted as it is: one option in a hundred and fifty.
    expect(value).toEqual({ options: 23_159, notUnderstood: 138 })
  })

  test.each([
    ['boolean', 'true', '1'],
    ['null or (list of string)', '[ "a" ]', '"a"'],
    ['attribute set of (string or signed integer or boolean)', '{ a = 1; }', '{ a = null; }'],
    ['one of "debug", "info" or list of string', '[ "x" ]', '"x"'],
    ['(list of string) or string convertible to it', '"a"', '1'],
    ['string, not containing newlines or colons', '"a"', '"a:b"'],
    ['null or (unsigned integer, meaning >=0)', '0', '(-1)'],
    [
      '16 bit unsigned integer; between 0 and 65535 (both inclusive) or value "auto" (singular enum)',
      '"auto"',
      '65536',
    ],
    ['strings concatenated with "\\n" or (list of string) convertible to it', '[ "a" ]', '1'],
    ['non-empty (list of string)', '[ "a" ]', '[ ]'],
    ['string matching the pattern [0-9]+%', '"5%"', '"5"'],
    ['attribute set of list of (systemd option)', '{ a = [ 1 "b" true ]; }', '{ a = [ { } ]; }'],
  ])('a definition of type %s', async (words, right, wrong) => {
    const refusal = (definition: string) =>
      evaluationError(
        withOptionList(`(lib.evalModules {
          modules = [ { options.x = lib.mkOption { type = parse { kids = { }; } ${JSON.stringify(words)}; }; config.x = ${definition}; } ];
        }).config.x`),
      )
    expect(await refusal(right)).toBeNull()
    expect(await refusal(wrong)).toContain('is not of type')
  })

  test('defaults are those of NixOS, and an unknown one is an error with its name', async () => {
    const read = (path: string) => `(nixos [ { system.stateVersion = "26.05"; } ]).config.${path}`
    const paths = [
      'networking.firewall.enable',
      'boot.zfs.forceImportRoot',
      'services.openssh.ports',
      'zramSwap.algorithm',
    ]
    const { value } = await evaluateExpression(
      withOptionList(`[ ${paths.map((path) => `(${read(path)})`).join(' ')} ]`),
    )
    expect(value).toEqual([true, true, [22], 'zstd'])
    expect(await evaluationError(withOptionList(read('boot.initrd.systemd.package')))).toBeNull()
    expect(await evaluationError(withOptionList(read('documentation.man.man-db.manualPages')))).toContain(
      "the default of the option `documentation.man.man-db.manualPages' is not known here",
    )
  })
})
