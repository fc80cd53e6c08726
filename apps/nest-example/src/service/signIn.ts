import type { PassClient, Session } from '@pass-dcr/core';
import { optionalTextIn, textIn } from './bodies.js';

/** Where a viewer's browser ends, as Adobe Pass knows it. */
export interface SignInPage {
  /** A domain of the service provider. */
  readonly domainName: string;
  readonly redirectUrl: string;
}

/** What the app does next: open `url` in a browser, show `code`, or (`authorize`) go on without a sign-in. */
export interface StepView {
  readonly next: Session['actionName'];
  readonly code?: string;
  readonly url?: string;
  /** Epoch milliseconds: when the code ends. */
  readonly notAfter?: number;
  readonly missing?: readonly string[];
}

export type WaitView =
  { readonly state: 'signedIn'; readonly mvpd: string } | { readonly state: 'waiting' | 'startAgain' };

/** Shorter than what proxies grant an answer, and than what a server that stops waits for. */
const longestWaitMs = 10_000;

export interface FoundView {
  readonly missing: readonly string[];
  /** Where the browser of the second screen goes if nothing is missing. */
  readonly url?: string;
}

type Answer<View> = (client: PassClient, body: unknown) => Promise<View>;

/** A viewer's sign-in and sign-out: each takes the device's client and the body of its request. */
export interface SignIn {
  /** `{ mvpd? }`: without a provider, the viewer picks one on a second screen. */
  readonly begin: Answer<StepView>;
  /** `{ code }`: answers when the viewer has signed in, or that it is `waiting`: then the app asks again at once. */
  readonly wait: Answer<WaitView>;
  /** `{ code }`, typed on a second screen: what is missing. */
  readonly find: Answer<FoundView>;
  /** `{ code, mvpd }`, from a second screen: its browser goes to `url`. */
  readonly resume: Answer<StepView>;
  /** `{ mvpd }`: where there is a `url`, a browser signs out of the provider as well. */
  readonly end: Answer<{ readonly url?: string }>;
}

export function createSignIn({ domainName, redirectUrl }: SignInPage): SignIn {
  return {
    async begin(client, body) {
      const mvpd = optionalTextIn(body, 'mvpd');
      return stepView(await client.sessions.create({ mvpd, domainName, redirectUrl }));
    },
    async wait(client, body) {
      const code = textIn(body, 'code');
      const waited = await client.profiles.waitFor({ code, notAfter: Date.now() + longestWaitMs });
      switch (waited.outcome) {
        case 'signedIn':
          return { state: 'signedIn', mvpd: waited.profile.mvpd };
        case 'expired':
          // The time of this request, that is: a code whose own time is over is refused.
          return { state: 'waiting' };
        case 'superseded':
        case 'codeRefused':
        case 'startAgain':
          return { state: 'startAgain' };
      }
    },
    async find(client, body) {
      const code = textIn(body, 'code');
      const { missingParameters: missing } = await client.sessions.retrieve({ code });
      return missing.length > 0 ? { missing } : { missing, url: client.sessions.authenticateUrl({ code }) };
    },
    async resume(client, body) {
      const [code, mvpd] = [textIn(body, 'code'), textIn(body, 'mvpd')];
      return stepView(await client.sessions.resume({ code, mvpd, domainName, redirectUrl }));
    },
    async end(client, body) {
      const steps = await client.logout({ mvpd: textIn(body, 'mvpd'), redirectUrl });
      for (const step of steps)
        if (step.actionName === 'logout' && step.url !== undefined) return { url: step.url };
      return {};
    },
  };
}

function stepView(session: Session): StepView {
  switch (session.actionName) {
    case 'authenticate':
      return { next: session.actionName, ...codeOf(session), url: session.url };
    case 'resume':
    case 'retry':
      return { next: session.actionName, ...codeOf(session), missing: session.missingParameters };
    case 'authorize':
    case 'other':
      return { next: session.actionName };
  }
}

function codeOf({ code, notAfter }: { readonly code: string; readonly notAfter?: number }): {
  readonly code: string;
  readonly notAfter?: number;
} {
  return { code, ...(notAfter === undefined ? {} : { notAfter }) };
}
