import { describe, expect, test } from 'vitest';

import { rawRequest } from './support/rawRequest.js';
import { turnOn } from './support/Tv.js';

/** fetch() does not let a caller say where it is. */
const fromElsewhere = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' };

describe('a page of another site', () => {
  test('registers nobody, uses up no fault and no allowance, and is told why', async () => {
    const { simulator } = await turnOn();
    const before = [simulator.clients().length, simulator.ledger.mark()];
    const fault = simulator.fault({ endpoint: 'register', effect: { status: 503 } });
    const answer = await rawRequest(simulator.url, '/o/client/register', {
      method: 'POST',
      headers: { ...fromElsewhere, 'Content-Type': 'text/plain' },
      body: JSON.stringify({ software_statement: simulator.issueSoftwareStatement({ application: 'tv' }) }),
    });
    expect([answer.status, answer.body]).toEqual([403, expect.stringContaining('cors')]);
    expect([simulator.clients().length, simulator.ledger.mark(), fault.used]).toEqual([...before, 0]);
  });

  test('reads nothing of the control API', async () => {
    const { simulator } = await turnOn();
    expect((await rawRequest(simulator.url, '/__simulator/health', { headers: fromElsewhere })).status).toBe(
      403,
    );
  });

  test('may send people to the authenticate URL and the login page, but not sign them in', async () => {
    const { simulator, tv } = await turnOn();
    const visit = { ...fromElsewhere, 'Sec-Fetch-Mode': 'navigate' };
    const path = `/api/v2/authenticate/REF30/${await tv.code()}`;
    expect((await rawRequest(simulator.url, path, { headers: visit })).status).toBe(302);
    expect((await rawRequest(simulator.url, path, { headers: fromElsewhere })).status).toBe(403);
    const login = await rawRequest(simulator.url, '/mvpd/Cablevision/login', {
      method: 'POST',
      headers: visit,
      body: 'username=viewer',
    });
    expect(login.status).toBe(403);
    expect((await rawRequest(simulator.url, '/api/v2/REF30/profiles', { headers: visit })).status).toBe(403);
  });

  test.each(['same-origin', 'same-site', 'none'])('is not one that is %s', async (site) => {
    const { simulator } = await turnOn();
    const answer = await rawRequest(simulator.url, '/api/v2/REF30/profiles', {
      headers: { 'Sec-Fetch-Site': site },
    });
    expect(answer.status).toBe(401);
  });
});

describe('with cors', () => {
  test('web apps and extensions may call, with the headers that they need', async () => {
    const { simulator, tv } = await turnOn({ cors: true });
    const mark = simulator.ledger.mark();
    const asked = await tv.send('GET', '/api/v2/REF30/profiles', undefined, { Origin: 'https://tv.example' });
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    const preflight = await fetch(`${simulator.url}/api/v2/REF30/profiles`, {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://tv.example',
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'authorization, ap-device-identifier',
        'Access-Control-Request-Private-Network': 'true',
      },
    });
    expect([preflight.status, Object.fromEntries(preflight.headers)]).toEqual([
      204,
      expect.objectContaining({
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'authorization, ap-device-identifier',
        'access-control-allow-private-network': 'true',
      }),
    ]);
    expect(simulator.ledger.entries({ since: mark }).map(({ method }) => method)).toEqual(['GET']);
  });

  test('the control API stays closed to them', async () => {
    const { simulator } = await turnOn({ cors: true });
    expect((await rawRequest(simulator.url, '/__simulator/health', { headers: fromElsewhere })).status).toBe(
      403,
    );
  });

  test('nobody else gets such headers', async () => {
    const { tv } = await turnOn();
    const answer = await tv.send('GET', '/api/v2/REF30/profiles', undefined, {
      Origin: 'https://tv.example',
    });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});
