import { get, textIn, type AdapterSuite, type Scene } from './AdapterSuite.js';
import type { AdapterApplication, AdapterMount } from './AdapterConformanceOptions.js';
import { problemIn } from './problemIn.js';
import type { Question } from './Site.js';

/** Whose profiles, and whose address, each attack is after. */
const victim = { identifier: 'victim', address: '198.51.100.9' } as const;

/** A request that its device has made up, but for who it is, which the server has verified. */
interface Attack {
  readonly name: string;
  readonly headers?: Question['headers'];
  /** What the device writes before the proxy appends its address. */
  readonly forwardedFor?: string | readonly string[];
  readonly deviceInfo?: string | readonly string[];
}

export function attackCases({ test, testUnless, equal, limits }: AdapterSuite): void {
  const attacked = async (
    scene: Scene,
    trustedProxies: AdapterApplication['trustedProxies'],
    mounts: readonly AdapterMount[],
    as?: string,
  ): Promise<void> => {
    scene.simulator.signIn({
      deviceIdentifier: victim.identifier,
      serviceProvider: 'REF30',
      mvpd: 'Cablevision',
    });
    const site = await scene.serve({
      trustedProxies,
      mounts,
      routes: [get('/profiles', async (exchange) => await exchange.client(as).profiles.all())],
    });
    const succeeded: string[] = [];
    for (const [index, attack] of attacks.entries()) {
      const mark = scene.simulator.ledger.mark();
      // Each from an address of its own, so that none is throttled.
      const address = trustedProxies === 'none' ? undefined : `203.0.113.${index + 1}`;
      const { status, text } = await site.ask('/profiles', {
        device: 'intruder',
        headers: { ...attack.headers, ...forwardedFor(attack, address), ...deviceInfo(attack) },
      });
      const entries = scene.simulator.ledger.entries({ since: mark });
      const isHarmless =
        text === '[]' &&
        status === 200 &&
        entries.every(({ device = 'intruder' }) => device === 'intruder') &&
        entries.every((entry) => entry.forwardedFor === address && tellsAddress(entry.deviceInfo, address)) &&
        !/victim|198\.51\.100/.test(JSON.stringify(entries));
      if (!isHarmless) succeeded.push(attack.name);
    }
    equal(succeeded, []);
  };

  const describedDevice: AdapterMount['device'] = (request) => ({
    identifier: textIn(request, 'x-device') ?? '',
    info: textIn(request, 'x-device-info'),
  });

  test(`${attacks.length} attacks on address and identity, without a proxy: none succeeds`, async (scene) => {
    await attacked(scene, 'none', [scene.mount({ device: describedDevice })]);
  });

  test(`${attacks.length} attacks on address and identity, by proxies on this host, lazily and under another name: none succeeds`, async (scene) => {
    const mount = scene.mount({ device: describedDevice, authenticate: 'lazy', as: 'sportsPass' });
    await attacked(scene, 'loopback', [mount], 'sportsPass');
  });

  testUnless(
    limits.mountedTwice,
    `${attacks.length} attacks on address and identity, by one proxy, mounted twice: none succeeds`,
    async (scene) => {
      const mount = scene.mount({ device: describedDevice });
      await attacked(scene, 1, [{ ...mount, authenticate: 'lazy' }, mount]);
    },
  );

  testUnless(
    limits.mountedTwice,
    'mounted twice with two device functions, of which one would not be asked: option_invalid, and the handler does not run',
    async ({ mount, serve, asked }) => {
      let handled = 0;
      const site = await serve({
        mounts: [
          mount({ device: () => ({ identifier: victim.identifier }) }),
          mount({ device: () => undefined }),
        ],
        routes: [get('/plain', () => ({ handled: (handled += 1) }))],
      });
      const answer = await site.ask('/plain');
      equal([answer.status, problemIn(answer)?.code, handled], [500, 'option_invalid', 0]);
      equal(asked('profiles'), 0);
    },
  );
}

function forwardedFor({ forwardedFor: claimed }: Attack, address: string | undefined): Question['headers'] {
  const lines = [claimed ?? []].flat();
  if (address === undefined) return claimed === undefined ? {} : { 'x-forwarded-for': lines };
  // A proxy appends to the last line, or adds one.
  const last = lines.at(-1);
  const appended = last === undefined ? address : `${last}, ${address}`;
  return { 'x-forwarded-for': [...lines.slice(0, -1), appended] };
}

function deviceInfo({ deviceInfo: given }: Attack): Question['headers'] {
  return given === undefined ? {} : { 'x-device-info': given };
}

/** What a call says of its device is an object with the trusted address, or nothing: text would be the device's own. */
function tellsAddress(info: unknown, address: string | undefined): boolean {
  if (info === undefined) return true;
  return typeof info === 'object' && (info as { readonly connectionIp?: string }).connectionIp === address;
}

const base64 = (text: string, encoding: BufferEncoding = 'utf8'): string =>
  Buffer.from(text, encoding).toString('base64');

const claim = `"connectionIp":"${victim.address}"`;
const described = base64(`{"model":"A",${claim}}`);
const named = `fingerprint ${base64(victim.identifier)}`;

const chains: readonly (readonly [name: string, forwardedFor: string | readonly string[]])[] = [
  ['an address', victim.address],
  ['an address with a port', `${victim.address}:80`],
  ['an address in brackets', `[${victim.address}]:80`],
  ['an address in quotes', `"${victim.address}"`],
  ['an open quote', `"${victim.address}`],
  ['an IPv4-mapped address', `::ffff:${victim.address}`],
  ['an element of Forwarded', `for=${victim.address}`],
  ['a list', `${victim.address}, ${victim.address}`],
  ['empty elements', `${victim.address},,, ,`],
  ['many hops', Array.from({ length: 40 }, () => victim.address).join(',')],
  ['an address and a proxy of ours', `${victim.address}, 127.0.0.1`],
  ['an address and a proxy of ours in IPv6', `${victim.address}, ::1`],
  ['an address and a proxy of ours with a port', `${victim.address}, 127.0.0.1:80`],
  ['an address and a private one', `${victim.address}, 10.0.0.1`],
  ['two lines', [victim.address, victim.address]],
  ['an address after a tab', `\t${victim.address}`],
  ['an address and junk', `${victim.address};x`],
];

/** Of CDNs and platforms that set or overwrite them, which nobody has said of this server. */
const addressHeaders = [
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'cf-connecting-ipv6',
  'cf-pseudo-ipv4',
  'fastly-client-ip',
  'fly-client-ip',
  'x-azure-clientip',
  'x-azure-socketip',
  'x-appengine-user-ip',
  'x-cluster-client-ip',
  'x-envoy-external-address',
  'x-original-forwarded-for',
  'x-vercel-forwarded-for',
  'x-nf-client-connection-ip',
  'cloudfront-viewer-address',
  'x-forwarded',
  'x-forwarded-host',
  'x-forwarded-server',
  'forwarded',
  'via',
  'host',
] as const;

const infos: readonly (readonly [name: string, deviceInfo: string | readonly string[]])[] = [
  ['a connectionIp', described],
  ['a connectionIp in another case', base64(`{"model":"A","ConnectionIP":"${victim.address}"}`)],
  ['two of them', base64(`{${claim},"model":"A",${claim}}`)],
  ['an escaped name', base64(`{"model":"A","\\u0063onnectionIp":"${victim.address}"}`)],
  ['no padding', described.replaceAll('=', '')],
  ['spaces around', `  ${described}\t`],
  ['JSON that lacks a comma', base64(`{"model":"A" ${claim}}`)],
  ['such JSON with an escaped name', base64(`{"model":"A" "connection\\u0049p":"${victim.address}"}`)],
  ['a list', base64(`[{${claim}}]`)],
  ['JSON without Base64', `{${claim}}`],
  ['percent-encoded JSON', encodeURIComponent(`{${claim}}`)],
  ['UTF-16', base64(`{${claim}}`, 'utf16le')],
  ['Base64 with a space in it', described.replace(/.{8}/, '$& ')],
  ['padding in the middle', `e30=${described}`],
  ['two lines', [base64('{}'), described]],
];

const identities: readonly Attack[] = [
  { name: "the victim's identifier", headers: { 'ap-device-identifier': named } },
  { name: "the victim's identifier twice", headers: { 'ap-device-identifier': [named, named] } },
  { name: "the victim's identifier as a token", headers: { authorization: `Bearer ${victim.identifier}` } },
  { name: "the victim's identifier in a cookie", headers: { cookie: `device=${victim.identifier}; pass=1` } },
  {
    name: "the victim's identifier in the referrer",
    headers: { referer: `https://tv.example/?device=${victim.identifier}` },
  },
  { name: "the victim's visitor", headers: { 'ap-visitor-identifier': victim.identifier } },
  { name: "the victim's free trial", headers: { 'ap-temppass-identity': base64(victim.identifier) } },
  { name: "a property's name as a header", headers: { pass: victim.identifier, 'pass-client': named } },
  { name: 'another method', headers: { 'x-http-method-override': 'OPTIONS' } },
  { name: 'another path', headers: { 'x-original-url': '/victim', 'x-rewrite-url': '/victim' } },
];

const attacks: readonly Attack[] = [
  ...chains.map(([name, claimed]) => ({ name: `X-Forwarded-For with ${name}`, forwardedFor: claimed })),
  ...addressHeaders.map((name) => ({ name, headers: { [name]: victim.address } })),
  ...infos.map(([name, info]) => ({ name: `X-Device-Info with ${name}`, deviceInfo: info })),
  ...identities,
];
