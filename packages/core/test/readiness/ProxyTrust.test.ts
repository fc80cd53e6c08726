import { describe, expect, it, onTestFinished } from 'vitest';
import { attachClient } from '../../src/inbound/attachClient.js';
import type { Device } from '../../src/device/Device.js';
import type { Pass, PassFinding } from '../../src/Pass.js';
import type { PassOptions } from '../../src/options.js';
import type { Transport } from '../../src/http/Transport.js';
import { createHarness, recordEvents, type Harness } from '../session/harness.js';
import { upstreamResponse } from '../http/upstreamResponse.js';
import { inboundRequest } from '../inbound/inboundRequest.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const registered = { client_id: 'id', client_secret: 'secret', client_id_issued_at: 1, grant_types: [] };
const issued = { access_token: 'a'.repeat(40), token_type: 'bearer', expires_in: 86_400, created_at: 1 };

/** An Adobe Pass that is not on this machine, and knows nobody. */
function transportOf({ clock }: Harness): Transport {
  const answers = new Map<string, unknown>([
    ['/o/client/register', registered],
    ['/o/client/token', issued],
  ]);
  return {
    async send({ path }) {
      const body = answers.get(path) ?? { profiles: {} };
      return { ...upstreamResponse(200, body), requestedAt: clock.now() };
    },
    close: async () => undefined,
  };
}

function passOf(harness: Harness, options: Partial<PassOptions> = {}): Pass {
  const production = { environment: 'release-production', baseUrl: undefined } as const;
  return harness.createPass({ ...production, ...options }, { transport: transportOf(harness) });
}

/** A request of a server that believes whoever forwards. */
async function openTo(pass: Pass, device: Device): Promise<void> {
  const attachment = attachClient<object>(pass, { device: () => device });
  await attachment.attach({}, inboundRequest({}, { trustsEveryProxy: true }));
}

async function findingsOf(pass: Pass): Promise<readonly PassFinding[]> {
  return (await pass.readiness()).findings.filter(({ code }) => /address|trust/.test(code));
}

/** What Node was asked to print, but prints only in the next turn. */
function recordProcessWarnings(): readonly (readonly [code: string, message: string])[] {
  const warnings: [string, string][] = [];
  const listen = ({ code = '', message }: Error & { readonly code?: string }): void => {
    // memoryCache() has a warning of its own.
    if (code.startsWith('PASS_DCR_') && code !== 'PASS_DCR_MEMORY_CACHE') warnings.push([code, message]);
  };
  process.on('warning', listen);
  onTestFinished(() => void process.off('warning', listen));
  return warnings;
}

const nextTurn = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

const behindProxy: Device = { identifier: 'tv-1', address: '10.0.0.7' };
const unknown: Device = { identifier: 'tv-2' };
const seen: Device = { identifier: 'tv-3', address: '203.0.113.7' };

describe('wrong proxy trust', () => {
  it('is a finding with how many requests it concerned and when the last did, for an hour', async () => {
    await using harness = await createHarness();
    const pass = passOf(harness);
    for (const device of [behindProxy, behindProxy, unknown, seen]) await pass.client(device).profiles.all();
    const askedAt = harness.clock.now();
    const [finding, ...others] = await findingsOf(pass);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ level: 'warning', code: 'client_address_not_public' });
    expect(finding?.message).toContain(
      'without a client address: 3 (1 had none, 2 had one that is not public)',
    );
    const [, last = ''] = /the last at (\S+)\. /.exec(finding?.message ?? '') ?? [];
    expect(Math.abs(Date.parse(last) - askedAt)).toBeLessThan(5_000);
    harness.advance(hourMs - minuteMs);
    expect(await findingsOf(pass)).toHaveLength(1);
    harness.advance(minuteMs);
    expect(await findingsOf(pass)).toEqual([]);
  });

  it('is none on a laptop, nor where every device has an address', async () => {
    await using harness = await createHarness();
    const production = passOf(harness);
    await production.client(seen).profiles.all();
    const local = harness.createPass({}, { transport: transportOf(harness) });
    await local.client(behindProxy).profiles.all();
    expect([await findingsOf(production), await findingsOf(local)]).toEqual([[], []]);
  });

  it('that lets any client choose its address is a finding for as long as the process lives', async () => {
    await using harness = await createHarness();
    const pass = passOf(harness);
    await openTo(pass, seen);
    harness.advance(hourMs);
    expect(await findingsOf(pass)).toMatchObject([{ level: 'warning', code: 'trust_proxy_open' }]);
  });
});

describe('what costs viewers, where nobody has subscribed,', () => {
  it('is printed by Node, each once', async () => {
    await using harness = await createHarness();
    const warnings = recordProcessWarnings();
    const check = async () => [{ level: 'error', code: 'store_evicts', message: 'It evicts.' } as const];
    const pass = passOf(harness, { cache: { ...harness.cache, check } });
    for (let times = 0; times < 3; times += 1) {
      await openTo(pass, behindProxy);
      await pass.client(behindProxy).profiles.all();
      await pass.readiness();
    }
    await nextTurn();
    expect(warnings).toHaveLength(3);
    expect(Object.fromEntries(warnings)).toEqual({
      PASS_DCR_CLIENT_ADDRESS_NOT_PUBLIC: expect.stringContaining('address: 1 (') as string,
      PASS_DCR_READINESS: 'store_evicts: It evicts.',
      PASS_DCR_TRUST_PROXY_OPEN: expect.stringContaining('any client can choose') as string,
    });
  });

  it('is left to those who have subscribed', async () => {
    await using harness = await createHarness();
    const warnings = recordProcessWarnings();
    using recording = recordEvents();
    const pass = passOf(harness);
    await openTo(pass, seen);
    await pass.client(behindProxy).profiles.all();
    await nextTurn();
    expect(warnings).toEqual([]);
    expect(recording.of('warning')).toContainEqual(expect.objectContaining({ code: 'trust_proxy_open' }));
  });

  it('is not printed on a laptop', async () => {
    await using harness = await createHarness();
    const warnings = recordProcessWarnings();
    const pass = harness.createPass({}, { transport: transportOf(harness) });
    await openTo(pass, seen);
    await pass.client(behindProxy).profiles.all();
    await nextTurn();
    expect(warnings).toEqual([]);
  });
});
