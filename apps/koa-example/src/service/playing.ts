import type { PassClient } from '@pass-dcr/core';
import { textIn, textsIn } from './bodies.js';

export interface LockView {
  readonly resource: string;
  /** What the app shows with a lock. Only `authorize` says what may be played. */
  readonly locked: boolean;
}

/** `token` is for the playback service; else what the viewer reads, and whether to offer a sign-in. */
export type PlayView =
  | { readonly authorized: true; readonly token?: string }
  | { readonly authorized: false; readonly message: string; readonly signIn: boolean };

/** `{ mvpd, resources }`: what the viewer may probably watch. */
export async function preauthorize(
  client: PassClient,
  body: unknown,
): Promise<{ readonly resources: readonly LockView[] }> {
  const [mvpd, resources] = [textIn(body, 'mvpd'), textsIn(body, 'resources')];
  const decisions = await client.decisions.preauthorize({ mvpd, resources, cache: true });
  return {
    resources: decisions.map(({ resource, authorized, source }) => ({
      resource,
      locked: !authorized && source !== 'notAnswered',
    })),
  };
}

/** `{ mvpd, resource }`: whether to play now. A free trial is a provider like any other, and begins with this. */
export async function authorize(client: PassClient, body: unknown): Promise<PlayView> {
  const [mvpd, resource] = [textIn(body, 'mvpd'), textIn(body, 'resource')];
  const [decision] = await client.decisions.authorize({ mvpd, resources: [resource] });
  if (decision?.authorized === true) {
    const { token } = decision;
    return { authorized: true, ...(token === undefined ? {} : { token: token.serializedToken }) };
  }
  const error = decision !== undefined && 'error' in decision ? decision.error : undefined;
  const { message, details } = error?.viewerMessage ?? {};
  return {
    authorized: false,
    message: details ?? message ?? 'Your provider does not allow this.',
    signIn: error?.viewerMustSignIn ?? false,
  };
}

/** `{ mvpd }` of a free trial: until when it lasts, in epoch milliseconds, once it has begun. */
export async function trial(client: PassClient, body: unknown): Promise<{ readonly expiresAt?: number }> {
  const profile = await client.profiles.forMvpd({ mvpd: textIn(body, 'mvpd') });
  if (profile?.type !== 'temporary') return {};
  const { expiresAt } = profile.temporaryAccess;
  return expiresAt === undefined ? {} : { expiresAt };
}
