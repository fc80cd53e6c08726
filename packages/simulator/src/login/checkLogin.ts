import type { Mvpd, Viewer } from '../scenario/scenario.js';

export type LoginVerdict =
  | { readonly kind: 'accepted'; readonly viewer: Viewer }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'locked' }
  | { readonly kind: 'noPackage' };

/** A wrong name and a wrong password are told alike. */
export function checkLogin({ viewers }: Mvpd, name: string, password: string): LoginVerdict {
  const viewer = viewers.find((candidate) => candidate.name === name && candidate.password === password);
  if (viewer === undefined) return { kind: 'wrong' };
  return viewer.refused === undefined ? { kind: 'accepted', viewer } : { kind: viewer.refused };
}
