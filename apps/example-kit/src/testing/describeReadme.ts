import { readFileSync } from 'node:fs';
import { Server, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const readme = new URL('../../../../README.md', import.meta.url);

/** The code that README.md shows is the program, word for word, and the program works. */
export function describeReadme(program: URL, run: () => Promise<unknown>): void {
  describe('the program in README.md', () => {
    const servers: Server[] = [];
    let url: string;

    beforeAll(async () => {
      const listen = Reflect.get(Server.prototype, 'listen') as (this: Server, ...args: unknown[]) => Server;
      // The reader's port may be taken here.
      const onAnyPort = vi.spyOn(Server.prototype, 'listen').mockImplementation(function (
        this: Server,
        ...args: unknown[]
      ) {
        servers.push(this);
        const listener = args.find((each): each is () => void => typeof each === 'function');
        return listen.call(this, { port: 0, host: '127.0.0.1' }, listener);
      });
      await run();
      const port = await vi.waitUntil(() => (servers[0]?.address() as AddressInfo | null)?.port);
      onAnyPort.mockRestore();
      url = `http://127.0.0.1:${port}`;
    });

    afterAll(() => {
      for (const server of servers) server.close();
    });

    it('is there', () => {
      expect(readFileSync(readme, 'utf8')).toContain(`\`\`\`ts\n${readFileSync(program, 'utf8')}\`\`\`\n`);
    });

    it('answers a device, and refuses a request of none', async () => {
      const headers = { connection: 'close' };
      const answered = await fetch(`${url}/api/me`, { headers: { ...headers, authorization: 'a device' } });
      expect([answered.status, await answered.json()]).toEqual([200, []]);
      const refused = await fetch(`${url}/api/me`, { headers });
      expect([refused.status, await refused.json()]).toMatchObject([400, { code: 'device_missing' }]);
    });
  });
}
