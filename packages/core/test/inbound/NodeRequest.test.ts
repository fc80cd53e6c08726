import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { NodeRequest } from '../../src/inbound/NodeRequest.js';

class PlainRequest extends NodeRequest {
  get address(): string | undefined {
    return this.socketAddress;
  }
}

it('asks a connection once for its other end, for all its requests and also after it has ended', async () => {
  const requests: PlainRequest[] = [];
  const server = createServer((message: IncomingMessage, response: ServerResponse) => {
    const request = new PlainRequest(message, response);
    requests.push(request);
    expect(request.socketAddress).toBe('127.0.0.1');
    response.end();
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = (await accepted) as [Socket];
  const asked = vi.spyOn(socket, 'remoteAddress', 'get');
  for (let count = 1; count <= 3; count += 1) {
    client.write('GET / HTTP/1.1\r\nHost: tv.example\r\n\r\n');
    await once(client, 'data');
  }
  client.destroy();
  await once(socket, 'close');
  expect(requests.map(({ socketAddress }) => socketAddress)).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1']);
  expect(asked).toHaveBeenCalledOnce();
});

it.each([
  ['no socket', undefined, undefined],
  ['a socket that knows nothing', {}, undefined],
  ['a frozen socket', Object.freeze({ remoteAddress: '203.0.113.7' }), '203.0.113.7'],
])("takes a test's request with %s", (_, socket, address) => {
  const message = { headers: {}, socket } as unknown as IncomingMessage;
  const request = new PlainRequest(message, {} as ServerResponse);
  expect([request.socketAddress, request.socketPort, request.method]).toEqual([address, undefined, 'GET']);
});
