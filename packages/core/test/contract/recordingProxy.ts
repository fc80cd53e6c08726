import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** One request and its answer, as they went over the wire. */
export interface Exchange {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly status: number;
  readonly answerHeaders: Readonly<Record<string, string>>;
  readonly answer: string;
}

export interface RecordingProxy {
  readonly url: string;
  readonly exchanges: readonly Exchange[];
  close(): Promise<void>;
}

/** Hands every request on to `target` unchanged, and keeps it with its answer. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const exchanges: Exchange[] = [];
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const sent = await buffer(incoming);
      const { method = '', url = '', headers } = incoming;
      const answered = await new Promise<IncomingMessage>((resolve, reject) => {
        request(new URL(url, target), { method, headers, agent: false }, resolve)
          .on('error', reject)
          .end(sent);
      });
      const answer = await buffer(answered);
      const status = answered.statusCode ?? 0;
      exchanges.push({
        method,
        path: url,
        headers: single(headers),
        body: sent.toString(),
        status,
        answerHeaders: single(answered.headers),
        answer: answer.toString(),
      });
      outgoing.writeHead(status, answered.headers).end(answer);
    })().catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function single(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
