import { once } from 'node:events';
import { createServer, request as send } from 'node:http';

const host = '127.0.0.1';
const longestBodyBytes = 64 * 1024;

/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('node:http').ServerResponse} Response */
/** @typedef {{ readonly port: number }} Target */

/**
 * One address in front of several servers, which it asks in turn. A server that cannot be reached is left out, and its
 * request goes to the next one, if it can be sent twice; so do the load balancers that people run.
 */
export class RoundRobinProxy {
  /** @type {readonly Target[]} */
  #targets = [];
  /** @type {Map<Target, number>} */
  #running = new Map();
  #turn = 0;
  #server = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });

  async listen() {
    this.#server.listen(0, host);
    await once(this.#server, 'listening');
  }

  get url() {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy does not listen');
    return `http://${host}:${address.port}`;
  }

  /** The servers that run, all of which are tried again. @param {readonly Target[]} targets */
  setTargets(targets) {
    this.#targets = [...targets];
  }

  /** How many requests a server has not answered yet. @param {Target} target */
  runningOn(target) {
    return this.#running.get(target) ?? 0;
  }

  async close() {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  /** @param {Request} request @param {Response} response */
  async #answer(request, response) {
    const body = await readBody(request);
    if (body === undefined) return void response.writeHead(413).end();
    for (;;) {
      const target = this.#next();
      if (target === undefined) return void response.writeHead(503, { 'Retry-After': '1' }).end();
      this.#running.set(target, this.runningOn(target) + 1);
      try {
        return await pass(request, body, response, target);
      } catch (error) {
        this.#targets = this.#targets.filter((each) => each !== target);
        if (response.headersSent) throw error;
        if (!canBeSentTwice(request, error)) return void response.writeHead(502).end();
      } finally {
        this.#running.set(target, this.runningOn(target) - 1);
      }
    }
  }

  #next() {
    this.#turn += 1;
    return this.#targets[this.#turn % this.#targets.length];
  }
}

/** @param {Request} request @returns {Promise<Buffer | undefined>} undefined if it is too long */
async function readBody(request) {
  /** @type {Buffer[]} */
  const chunks = [];
  let bytes = 0;
  for await (const chunk of /** @type {AsyncIterable<Buffer>} */ (request)) {
    bytes += chunk.length;
    if (bytes > longestBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @param {Request} request @param {Buffer} body @param {Response} response @param {Target} target */
async function pass(request, body, response, { port }) {
  const outgoing = send({
    host,
    port,
    method: request.method,
    path: request.url,
    // A connection that the server is about to close would look like a server that is gone.
    agent: false,
    headers: {
      ...request.headers,
      connection: 'close',
      'content-length': body.length,
      'x-forwarded-for': clientAddress(request),
    },
  });
  outgoing.end(body);
  const [answer] = /** @type {[Request]} */ (await once(outgoing, 'response'));
  const headers = { ...answer.headers };
  delete headers.connection;
  response.writeHead(answer.statusCode ?? 502, headers);
  for await (const chunk of answer) response.write(chunk);
  response.end();
}

/**
 * The one address that servers may believe. Callers on this machine pretend to be devices elsewhere: the demo's proxy
 * takes their word for it, which a proxy for others must not.
 * @param {Request} request
 */
function clientAddress({ headers, socket }) {
  const claimed = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)
    ?.trim();
  return claimed || (socket.remoteAddress ?? host);
}

/** @param {Request} request @param {unknown} error */
function canBeSentTwice({ method }, error) {
  const neverArrived = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
  return neverArrived || method === 'GET' || method === 'HEAD';
}
