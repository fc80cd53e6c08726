import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** One request as its bytes came. */
export interface RawRequest {
  /** `GET /path HTTP/1.1`. */
  readonly line: string;
  /** The lines of the head after the first. */
  readonly headerLines: readonly string[];
  readonly body: string;
  readonly path: string;
  header(name: string): string | undefined;
}

/** Writes whatever it likes; the socket is closed afterwards where `close` says so. */
export interface RawAnswer {
  readonly bytes: Buffer;
  readonly close: boolean;
}

/** A server that understands nothing of HTTP but where a request ends. */
export class RawServer implements AsyncDisposable {
  readonly requests: RawRequest[] = [];
  /** What came that was no request. */
  readonly strays: string[] = [];
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();
  readonly #answer: (request: RawRequest) => RawAnswer;

  constructor(answer: (request: RawRequest) => RawAnswer) {
    this.#answer = answer;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    let received = '';
    this.#sockets.add(socket);
    socket.setEncoding('latin1');
    // A client that has given up is no concern of the server.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (received !== '') this.strays.push(received);
    });
    socket.on('data', (chunk: string) => {
      received += chunk;
      for (let end = endOf(received); end !== undefined; end = endOf(received)) {
        const request = parse(received.slice(0, end));
        received = received.slice(end);
        this.requests.push(request);
        const { bytes, close } = this.#answer(request);
        socket.write(bytes);
        if (close) socket.end();
      }
    });
  }
}

function endOf(received: string): number | undefined {
  const head = received.indexOf('\r\n\r\n');
  if (head === -1) return undefined;
  const [, length = '0'] = /\r\ncontent-length: (\d+)/i.exec(received.slice(0, head)) ?? [];
  const end = head + 4 + Number(length);
  return received.length < end ? undefined : end;
}

function parse(text: string): RawRequest {
  const split = text.indexOf('\r\n\r\n');
  const [line = '', ...headerLines] = text.slice(0, split).split('\r\n');
  return {
    line,
    headerLines,
    body: text.slice(split + 4),
    path: line.split(' ')[1] ?? '',
    header: (name) =>
      headerLines.find((one) => one.toLowerCase().startsWith(`${name}: `))?.slice(name.length + 2),
  };
}

/** A well-formed answer. */
export function rawAnswer(status: number, body: unknown, headers: readonly string[] = []): Buffer {
  const text = JSON.stringify(body);
  const lines = [`HTTP/1.1 ${status} Something`, `Content-Length: ${Buffer.byteLength(text)}`, ...headers];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${text}`);
}
