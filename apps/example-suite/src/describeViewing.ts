import type { Simulator } from '@pass-dcr/simulator';
import { describe, expect, it } from 'vitest';
import type { SignInPage } from '../../express-example/src/service/index.js';

export const signInPage: SignInPage = {
  domainName: 'ref30.example',
  redirectUrl: 'https://ref30.example/signed-in',
};

/** A service that runs, of the test that runs. */
interface Service {
  readonly simulator: () => Simulator;
  readonly url: (path: string) => string;
  /** Those of a new device at an address. */
  readonly headers: (address: string) => Promise<Record<string, string>>;
}

type Post = (path: string, body: object) => Promise<unknown>;

/** What a viewer does with every example: signs in, watches, signs out. */
export function describeViewing({ simulator, url, headers }: Service): void {
  const device = async (address: string): Promise<Post> => {
    const own = await headers(address);
    return async (path, body) => {
      const response = await fetch(url(path), {
        method: 'POST',
        headers: { ...own, 'content-type': 'application/json', connection: 'close' },
        body: JSON.stringify(body),
      });
      expect(response.headers.get('cache-control')).toBe('no-store');
      return { status: response.status, ...((await response.json()) as object) };
    };
  };

  describe('a viewer', () => {
    it('signs in on the device, sees locks, plays, is denied, and signs out', async () => {
      const tv = await device('203.0.113.21');
      const mvpd = 'SandpiperBasic';
      const begun = await tv('/api/sign-in', { mvpd });
      expect(begun).toMatchObject({ status: 200, next: 'authenticate', url: expect.any(String) as string });
      const { code } = begun as { readonly code: string };
      simulator().logIn({ code });
      expect(await tv('/api/sign-in/wait', { code })).toEqual({ status: 200, state: 'signedIn', mvpd });
      const resources = ['REF30', 'REF30-movies'];
      expect(await tv('/api/preauthorize', { mvpd, resources })).toEqual({
        status: 200,
        resources: [
          { resource: 'REF30', locked: false },
          { resource: 'REF30-movies', locked: true },
        ],
      });
      expect(await tv('/api/authorize', { mvpd, resource: 'REF30' })).toEqual({
        status: 200,
        authorized: true,
        token: expect.any(String) as string,
      });
      const denied = { status: 200, authorized: false, message: expect.any(String) as string };
      expect(await tv('/api/authorize', { mvpd, resource: 'REF30-movies' })).toEqual({
        ...denied,
        signIn: false,
      });
      expect(await tv('/api/sign-out', { mvpd })).toMatchObject({ status: 200 });
      expect(await tv('/api/authorize', { mvpd, resource: 'REF30' })).toEqual({ ...denied, signIn: true });
      expect(simulator().ledger.count({ endpoint: 'authorize' })).toBe(3);
      expect(simulator().ledger.count({ endpoint: 'logout' })).toBe(1);
    });

    it('signs in with a code that they type on a second screen', async () => {
      const [tv, phone] = [await device('203.0.113.22'), await device('203.0.113.23')];
      const begun = await tv('/api/sign-in', {});
      expect(begun).toMatchObject({ status: 200, next: 'resume', missing: ['mvpd'] });
      const { code } = begun as { readonly code: string };
      const typed = ` ${code.toLowerCase()} `;
      expect(await phone('/api/second-screen', { code: typed })).toEqual({ status: 200, missing: ['mvpd'] });
      const url = expect.stringContaining('/authenticate/') as string;
      const mvpd = 'Cablevision';
      expect(await phone('/api/second-screen/sign-in', { code: typed, mvpd })).toMatchObject({
        next: 'authenticate',
        url,
      });
      expect(await phone('/api/second-screen', { code })).toEqual({ status: 200, missing: [], url });
      simulator().logIn({ code });
      expect(await tv('/api/sign-in/wait', { code })).toEqual({ status: 200, state: 'signedIn', mvpd });
      expect(simulator().ledger.count({ endpoint: 'register' })).toBe(2);
    });

    it('is told to start again when another code is shown', async () => {
      const tv = await device('203.0.113.24');
      const { code } = (await tv('/api/sign-in', {})) as { readonly code: string };
      await tv('/api/sign-in', {});
      expect(await tv('/api/sign-in/wait', { code })).toEqual({ status: 200, state: 'startAgain' });
    });

    it('has a free trial without a sign-in, until it ends', async () => {
      const tv = await device('203.0.113.25');
      const trial = { mvpd: 'TempPass_TEST40', resource: 'REF30' };
      expect(await tv('/api/authorize', trial)).toMatchObject({ status: 200, authorized: true });
      expect(await tv('/api/trial', trial)).toEqual({
        status: 200,
        expiresAt: expect.any(Number) as number,
      });
      simulator().clock.advance(601_000);
      expect(await tv('/api/authorize', trial)).toMatchObject({ authorized: false, signIn: true });
    });

    it.each([
      ['/api/sign-in', { mvpd: 1 }, 'mvpd must be text'],
      ['/api/sign-in/wait', {}, 'code must be text'],
      ['/api/preauthorize', { mvpd: 'Cablevision', resources: [] }, 'resources must be a list'],
      ['/api/authorize', { mvpd: 'Cablevision', resource: '' }, 'resource must be text'],
    ])('is answered 400 by %s where the app sends %j', async (path, body, title) => {
      const tv = await device('203.0.113.26');
      expect(await tv(path, body)).toMatchObject({
        status: 400,
        title: expect.stringContaining(title) as string,
      });
      const asked = simulator().ledger.entries();
      expect(asked.map(({ endpoint }) => endpoint)).toEqual(['register', 'token']);
    });
  });
}
