import { setTimeout as sleep } from 'node:timers/promises';
import type { AdapterExchange, AdapterRoute } from './AdapterConformanceOptions.js';
import { countedDevice, createGate, post, type AdapterSuite } from './AdapterSuite.js';
import { answerTo } from './Site.js';

/** Every piece can be told from its neighbours. */
const body = Array.from({ length: 30_000 }, (_, piece) => String(piece).padStart(10, '.')).join('');

export function bodyCases({ test, equal, eventually }: AdapterSuite): void {
  const octets = { 'content-type': 'application/octet-stream' };
  const echo: AdapterRoute['handle'] = async (exchange) => ({ text: await textOf(exchange) });

  test('a body with a length reaches the handler untouched', async ({ serve }) => {
    const site = await serve({ routes: [post('/echo', echo)] });
    const headers = { ...octets, 'content-length': String(body.length) };
    for (const device of ['tv-1', 'tv-1', undefined]) {
      const question = { method: 'POST', headers, body, ...(device === undefined ? {} : { device }) };
      const { status, json } = await site.ask('/echo', question);
      equal([status, isWhole(json)], [200, true]);
    }
  });

  test('a body in chunks reaches the handler untouched', async ({ serve }) => {
    const site = await serve({ routes: [post('/echo', echo)] });
    const sent = site.open('/echo', {
      method: 'POST',
      device: 'tv-1',
      headers: { ...octets, 'transfer-encoding': 'chunked' },
    });
    for (let at = 0; at < body.length; at += 37_001) sent.write(body.slice(at, at + 37_001));
    sent.end();
    const { status, json } = await answerTo(sent);
    equal([status, isWhole(json)], [200, true]);
  });

  test('a body that arrives while the device waits for its token is whole', async ({
    createPass,
    mount,
    serve,
  }) => {
    const registration = createGate();
    const visitors = countedDevice();
    const site = await serve({
      mounts: [mount({ pass: createPass({ heldUntil: registration.opened }), device: visitors.device })],
      routes: [post('/echo', echo)],
    });
    const sent = site.open('/echo', { method: 'POST', device: 'tv-1', headers: octets });
    sent.write(body.slice(0, 1_000));
    const answer = answerTo(sent);
    const rest = async (): Promise<void> => {
      await eventually('the request waits', () => visitors.count() === 1);
      sent.end(body.slice(1_000));
      await sleep(50);
      registration.open();
    };
    const [{ status, json }] = await Promise.all([answer, rest()]);
    equal([status, isWhole(json)], [200, true]);
  });

  test('the handler runs before the body has ended', async ({ serve }) => {
    let isRunning = false;
    const site = await serve({
      routes: [
        post('/echo', async (exchange) => {
          isRunning = true;
          return { text: await textOf(exchange) };
        }),
      ],
    });
    const sent = site.open('/echo', { method: 'POST', device: 'tv-1', headers: octets });
    sent.write(body.slice(0, 100_000));
    const answer = answerTo(sent);
    const rest = eventually('the handler runs', () => isRunning).then(() => sent.end(body.slice(100_000)));
    const [{ status, json }] = await Promise.all([answer, rest]);
    equal([status, isWhole(json)], [200, true]);
  });

  test('a handler that waits before it reads finds the whole body', async ({ serve }) => {
    const site = await serve({
      routes: [
        post('/echo', async (exchange) => {
          await exchange.client().profiles.all();
          await sleep(50);
          return { text: await textOf(exchange) };
        }),
      ],
    });
    const { status, json } = await site.ask('/echo', {
      method: 'POST',
      device: 'tv-1',
      headers: octets,
      body,
    });
    equal([status, isWhole(json)], [200, true]);
  });
}

async function textOf(exchange: AdapterExchange): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of exchange.body) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

/** A difference in 300 kB is not shown in full. */
function isWhole(json: unknown): unknown {
  const text = (json as { readonly text?: unknown } | undefined)?.text;
  return text === body ? true : `${typeof text === 'string' ? text.length : 0} characters that differ`;
}
