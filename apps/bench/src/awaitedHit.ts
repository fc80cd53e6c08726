import { createLocalPass, internalsOf } from './localPass.js';
import { deviceIdentifier, randomToken } from './devices.js';
import { azurePolicy } from './peers/azure.js';
import { startEndpoint } from './peers/endpoint.js';
import { googleClient } from './peers/google.js';
import { msalClient } from './peers/msal.js';
import { atLeast, atMost, number, ratio, type Section } from './report.js';
import { timeArms, type Arm } from './stopwatch.js';

/** One device whose token is in memory, asked for it with `await`, beside everybody else's client that has one. */
export async function awaitedHit(rounds: number): Promise<Section> {
  const endpoint = await startEndpoint();
  const pass = createLocalPass(1_000);
  const identifier = deviceIdentifier(0);
  const device = { identifier, address: '203.0.113.7', userAgent: 'bench/1' };
  const client = pass.client(device);
  await client.accessToken();
  const internals = internalsOf(pass);
  const bare = bareClient(identifier);
  const google = googleClient(endpoint.url);
  await google.getAccessToken();
  const azure = azurePolicy(endpoint.url);
  const reused = azure.newRequest();
  await azure.authorize(reused);
  const msal = msalClient(endpoint.url);
  await msal();

  const bareArm = (name: string): Arm => ({
    name,
    async run(times) {
      for (let time = 0; time < times; time += 1) kept = await bare(identifier);
    },
  });
  const arms: Arm[] = [
    bareArm('Map.get and Date.now'),
    bareArm('the same again (A/A)'),
    {
      name: 'client.accessToken()',
      async run(times) {
        for (let time = 0; time < times; time += 1) kept = await client.accessToken();
      },
    },
    {
      name: '… of a client made for it, as the adapters do',
      async run(times) {
        for (let time = 0; time < times; time += 1)
          kept = await internals.client(device, undefined).accessToken();
      },
    },
    {
      name: 'google-auth-library getAccessToken()',
      async run(times) {
        for (let time = 0; time < times; time += 1) kept = await google.getAccessToken();
      },
    },
    {
      name: 'google-auth-library getRequestHeaders()',
      async run(times) {
        for (let time = 0; time < times; time += 1) kept = await google.getRequestHeaders();
      },
    },
    {
      name: 'azure bearer token policy, one request reused',
      async run(times) {
        for (let time = 0; time < times; time += 1) kept = await azure.authorize(reused);
      },
    },
    {
      name: 'azure bearer token policy, a request each',
      async run(times) {
        for (let time = 0; time < times; time += 1) kept = await azure.authorize(azure.newRequest());
      },
    },
    {
      name: 'msal-node acquireTokenByClientCredential()',
      async run(times) {
        for (let time = 0; time < times; time += 1) kept = await msal();
      },
    },
  ];
  const timings = await timeArms(arms, { rounds });
  if (kept === undefined) throw new Error('no token was answered');
  if (endpoint.requests !== 3)
    throw new Error(`${endpoint.requests} token requests, expected one for each peer`);
  await pass.close();
  await endpoint.close();

  const [, , ours = none, , googleToken = none, googleHeaders = none, , , msalToken = none] = timings;
  const times = (other: { readonly ns: number }): number => other.ns / ours.ns;
  return {
    title: 'Awaited hit: one device, token in memory',
    columns: ['await', 'ns', 'to the first', 'to client.accessToken()'],
    rows: timings.map(({ name, ns, ratio: toFirst }) => [
      name,
      number(ns),
      ratio(toFirst),
      ratio(ns / ours.ns),
    ]),
    checks: [
      atMost('client.accessToken() ≤ 100 ns', ours.ns, 100, `${number(ours.ns)} ns`),
      atLeast(
        '≥ 15 × faster than google-auth-library getRequestHeaders()',
        times(googleHeaders),
        15,
        ratio(times(googleHeaders)),
      ),
      atLeast('≥ 300 × faster than msal-node', times(msalToken), 300, ratio(times(msalToken))),
    ],
    notes: [
      'google-auth-library answers an authorised request by getRequestHeaders(), which the target is about; ' +
        `its getAccessToken(), which like ours returns a text, takes ${ratio(times(googleToken))} ours.`,
    ],
  };
}

const none = { ns: Number.NaN };
/** Read by nobody; assigned, so that the compiler cannot leave the work out. */
let kept: unknown;

function bareClient(identifier: string): (identifier: string) => Promise<string> {
  const entries = new Map([
    [identifier, { accessToken: randomToken(), servableUntil: Date.now() + 86_400_000 }],
  ]);
  return async (key) => {
    const entry = entries.get(key);
    if (entry !== undefined && Date.now() < entry.servableUntil) return entry.accessToken;
    throw new Error('the map has no token');
  };
}
