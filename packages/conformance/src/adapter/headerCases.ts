import type { AdapterSuite, Scene } from './AdapterSuite.js';

/** As devices spell them. */
const tokens = [
  'Adobe-Subject-Token',
  'X-Roku-Reserved-Roku-Connect-Token',
  'AD-Service-Token',
  'AP-Partner-Framework-Status',
] as const;

export function headerCases({ test, equal }: AdapterSuite): void {
  test('User-Agent goes with every call for the device', async ({ simulator, serve }) => {
    const userAgent = 'TV/1 (Tizen 8)';
    const site = await serve();
    equal((await site.ask('/me', { device: 'tv-1', headers: { 'User-Agent': userAgent } })).status, 200);
    equal(
      simulator.ledger.entries().map((entry) => entry.userAgent),
      [userAgent, userAgent, userAgent],
    );
  });

  test('well-formed single sign-on tokens are forwarded', async (scene) => {
    const sent = await forwarded(scene, Object.fromEntries(tokens.map((name) => [name, `${name}.~=`])));
    equal(
      tokens.filter((name) => sent.has(name.toLowerCase())),
      tokens,
    );
  });

  for (const [kind, value] of [
    ['empty', ''],
    ['of two words', 'two words'],
    ['with a sign beyond ASCII', 't\u00f6ken'],
    ['with a control character', 'to\tken'],
    ['longer than 4 kB', 't'.repeat(4_097)],
    ['sent twice', ['one', 'other']],
  ] as const) {
    test(`a single sign-on token that is malformed, ${kind}, is left out`, async (scene) => {
      for (const name of tokens) {
        const sent = await forwarded(scene, { [name]: value });
        equal(sent.has(name.toLowerCase()), false);
      }
    });
  }

  test('nothing else of the request is forwarded', async (scene) => {
    const others = {
      'AP-TempPass-Identity': 'someone-new',
      'AP-Visitor-Identifier': 'someone-new',
      Cookie: 'session=1',
      'X-Own': 'own',
      Via: '1.1 proxy',
    };
    const sent = await forwarded(scene, {
      ...others,
      'AP-Device-Identifier': 'fingerprint b3RoZXI=',
      Authorization: 'Bearer own',
    });
    equal(
      Object.keys(others).filter((name) => sent.has(name.toLowerCase())),
      [],
    );
    const { simulator } = scene;
    const [profiles] = simulator.ledger.entries({ endpoint: 'profiles' });
    const [token] = simulator.ledger.entries({ endpoint: 'token' });
    equal([profiles?.device, profiles?.presentedToken], ['tv-1', token?.issuedToken]);
  });
}

/** The names of all headers that the calls of one request had. */
async function forwarded(
  { simulator, serve }: Scene,
  headers: Readonly<Record<string, string | readonly string[]>>,
): Promise<ReadonlySet<string>> {
  const mark = simulator.ledger.mark();
  const site = await serve();
  const { status } = await site.ask('/me', { device: 'tv-1', headers });
  if (status !== 200) throw new Error(`/me was answered ${status}`);
  return new Set(simulator.ledger.entries({ since: mark }).flatMap(({ headerNames }) => headerNames));
}
