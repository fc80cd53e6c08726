import { createServer } from 'node:http';
import { randomToken } from '../devices.js';

/** A token endpoint on a loopback socket that counts its requests. */
export interface CountingEndpoint {
  readonly url: string;
  readonly requests: number;
  /** The life of the tokens from now on; an expiry burst begins with one that has hardly any. */
  lifeSeconds: number;
  close(): Promise<void>;
}

/** Long enough for all callers of a burst to arrive before the first answer. */
const answerDelayMs = 20;

export async function startEndpoint(): Promise<CountingEndpoint> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume();
    setTimeout(() => {
      response.setHeader('content-type', 'application/json');
      const answer = {
        access_token: randomToken(),
        token_type: 'Bearer',
        expires_in: endpoint.lifeSeconds,
      };
      response.end(JSON.stringify(answer));
    }, answerDelayMs);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', 2_048, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const endpoint = {
    url: `http://127.0.0.1:${port}/token`,
    get requests() {
      return requests;
    },
    lifeSeconds: 3_600,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return endpoint;
}

/** A token request without any library. */
export async function requestToken(url: string): Promise<{ token: string; expiresInSeconds: number }> {
  const response = await fetch(url, { method: 'POST', body: 'grant_type=client_credentials' });
  const answer = (await response.json()) as { access_token: string; expires_in: number };
  return { token: answer.access_token, expiresInSeconds: answer.expires_in };
}
