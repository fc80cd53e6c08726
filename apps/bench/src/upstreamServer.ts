// Adobe Pass for upstreamCalls.ts, in a process of its own so that its work is not counted. Arguments: key and certificate
// (PEM files) for TLS, none for http. Tells its port to the process that has started it.
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

const profile = {
  notBefore: 1_764_547_200_000,
  notAfter: 1_767_139_200_000,
  issuer: 'Acme',
  type: 'regular',
  attributes: {
    userID: { value: 'a'.repeat(80), state: 'plain' },
    zip: { value: ['12345'], state: 'plain' },
  },
};
const answers: Readonly<Record<string, string>> = {
  '/o/client/register': JSON.stringify({ client_id: 'id', client_secret: 'secret' }),
  '/o/client/token': JSON.stringify({
    access_token: 't'.repeat(600),
    token_type: 'bearer',
    expires_in: 86_400,
  }),
};
const profiles = JSON.stringify({ profiles: { Acme: profile, Other: profile } });

const listener: RequestListener = (request, response) => {
  request.resume();
  response.setHeader('content-type', 'application/json;charset=UTF-8');
  response.end(answers[request.url ?? ''] ?? profiles);
};
const [, , key, cert] = process.argv;
const server =
  key === undefined || cert === undefined
    ? createServer(listener)
    : createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, listener);
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit(0));
