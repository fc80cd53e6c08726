import type { Socket } from 'node:net';

/**
 * What a middleware can see of a request, without the streams behind it: nobody has sent it. Its connection is real but
 * idle, so that its address is asked for in earnest.
 */
export class LightRequest {
  readonly method = 'GET';
  url = '/api/me';
  readonly socket: Socket;
  readonly headers: Readonly<Record<string, string>>;

  constructor(socket: Socket, headers: Readonly<Record<string, string>> = {}) {
    this.socket = socket;
    this.headers = {
      host: 'tv.example',
      'user-agent': 'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/538.2',
      accept: 'application/json',
      'x-forwarded-for': '203.0.113.7',
      ...headers,
    };
  }
}

/** Its answer, of which a middleware asks only whether it is over. */
export class LightResponse {
  readonly destroyed = false;
  readonly writableEnded = false;
  readonly writableFinished = false;

  once(): void {
    // Nothing ever happens to it.
  }
}
