import { memoryCache } from '@pass-dcr/core';
import { AdjustableClock, createPassWith } from '@pass-dcr/core/testing';
import { createSimulator } from '@pass-dcr/simulator';
import { azurePolicy } from './peers/azure.js';
import { startEndpoint } from './peers/endpoint.js';
import { googleClient } from './peers/google.js';
import { msalClient } from './peers/msal.js';
import { exactly, type Section } from './report.js';

const callers = 1_000;

/** So many callers at once: first with nothing in memory, then with a token that has expired. */
interface Counts {
  readonly name: string;
  readonly coldRegistrations: number | null;
  readonly cold: number;
  readonly expiry: number;
}

export async function bursts(): Promise<Section> {
  const ours = await burstOfPass();
  const peers = [
    await burstOfPeer('google-auth-library refresh token', (url) => {
      const client = googleClient(url);
      return async () => (await client.getAccessToken()).token;
    }),
    await burstOfPeer('azure bearer token policy', (url) => {
      const policy = azurePolicy(url);
      return async () => await policy.authorize(policy.newRequest());
    }),
    await burstOfPeer('msal-node client credentials', msalClient),
  ];
  return {
    title: `Bursts: requests that ${callers} concurrent callers cause`,
    columns: ['', 'cold: register', 'cold: token', 'expired: token'],
    rows: [ours, ...peers].map(({ name, coldRegistrations, cold, expiry }) => [
      name,
      coldRegistrations === null ? '–' : String(coldRegistrations),
      String(cold),
      String(expiry),
    ]),
    checks: [
      exactly('registrations of the cold burst', ours.coldRegistrations ?? Number.NaN, 1),
      exactly('token requests of the cold burst', ours.cold, 1),
      exactly('registrations of the expiry burst', ours.expiryRegistrations, 0),
      exactly('token requests of the expiry burst', ours.expiry, 1),
    ],
  };
}

async function burstOfPass(): Promise<Counts & { readonly expiryRegistrations: number }> {
  await using simulator = await createSimulator();
  const clock = new AdjustableClock();
  const pass = createPassWith(
    {
      softwareStatement: simulator.issueSoftwareStatement({ application: 'tv' }),
      serviceProvider: 'REF30',
      environment: 'local',
      baseUrl: simulator.url,
      cache: memoryCache(),
    },
    { clock },
  );
  const burst = async (): Promise<{ readonly register: number; readonly token: number }> => {
    simulator.ledger.clear();
    const call = (): Promise<string> => pass.client({ identifier: 'living-room-tv' }).accessToken();
    await oneTokenForAll(call);
    return {
      register: simulator.ledger.count({ endpoint: 'register' }),
      token: simulator.ledger.count({ endpoint: 'token' }),
    };
  };
  const cold = await burst();
  const sevenHoursMs = 7 * 60 * 60_000;
  simulator.clock.advance(sevenHoursMs);
  clock.advance(sevenHoursMs);
  const expiry = await burst();
  await pass.close();
  return {
    name: 'pass-dcr',
    coldRegistrations: cold.register,
    cold: cold.token,
    expiryRegistrations: expiry.register,
    expiry: expiry.token,
  };
}

async function burstOfPeer(
  name: string,
  connect: (url: string) => () => Promise<string | null | undefined>,
): Promise<Counts> {
  const endpoint = await startEndpoint();
  const call = connect(endpoint.url);
  // Every one of them counts a token with this little left as expired.
  endpoint.lifeSeconds = 1;
  await tokens(call);
  const cold = endpoint.requests;
  endpoint.lifeSeconds = 3_600;
  await tokens(call);
  const expiry = endpoint.requests - cold;
  await endpoint.close();
  return { name, coldRegistrations: null, cold, expiry };
}

/** The tokens of all callers. A caller without one would make the counts look better than they are. */
async function tokens(call: () => Promise<string | null | undefined>): Promise<Set<string>> {
  const answers = await Promise.all(Array.from({ length: callers }, call));
  const found = answers.filter((token) => typeof token === 'string' && token !== '');
  if (found.length !== callers) throw new Error(`${found.length} of ${callers} callers have a token`);
  return new Set(answers.filter((token) => typeof token === 'string'));
}

async function oneTokenForAll(call: () => Promise<string>): Promise<void> {
  const found = await tokens(call);
  if (found.size !== 1) throw new Error(`the callers have ${found.size} different tokens`);
}
