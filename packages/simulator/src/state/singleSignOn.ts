import { isValid, type Profile, type ProfileOwner } from './profiles.js';
import type { Subjects } from './sessions.js';

export type SubjectKind = keyof Subjects;

/** A sign-in that other apps and devices of the same person share. */
export interface SharedProfile {
  readonly kind: SubjectKind;
  readonly subject: string;
  /** Who signed in: to him it is a regular profile. */
  readonly origin: ProfileOwner;
  readonly profile: Profile;
}

const typeOf = { serviceToken: 'serviceTokenSSO', platformToken: 'platformSSO' } as const;

/** Sign-ins by the person that a service token or a platform token names. */
export class SingleSignOn {
  #shared: readonly SharedProfile[] = [];

  share(subjects: Subjects, origin: ProfileOwner, profile: Profile): void {
    for (const [kind, subject] of entriesOf(subjects)) {
      this.remove({ [kind]: subject }, profile.mvpd);
      this.#shared = [...this.#shared, { kind, subject, origin, profile }];
    }
  }

  /** Those that these subjects open; they end when the one they stand for does. */
  profilesFor(subjects: Subjects, nowMs: number): readonly Profile[] {
    return entriesOf(subjects).flatMap(([kind, subject]) =>
      this.#shared
        .filter((shared) => shared.kind === kind && shared.subject === subject)
        .filter(({ profile }) => isValid(profile, nowMs))
        .map(({ profile }) => ({ ...profile, type: typeOf[kind] })),
    );
  }

  remove(subjects: Subjects, mvpd: string): void {
    const gone = entriesOf(subjects);
    this.#shared = this.#shared.filter(
      (shared) =>
        shared.profile.mvpd !== mvpd ||
        !gone.some(([kind, subject]) => shared.kind === kind && shared.subject === subject),
    );
  }

  /** Of a viewer who signed out where he had signed in. */
  removeOf(origin: ProfileOwner, mvpd: string): void {
    this.#shared = this.#shared.filter(
      (shared) =>
        shared.profile.mvpd !== mvpd ||
        shared.origin.clientId !== origin.clientId ||
        shared.origin.device !== origin.device ||
        shared.origin.serviceProvider !== origin.serviceProvider,
    );
  }

  dump(): readonly SharedProfile[] {
    return this.#shared;
  }

  load(shared: readonly SharedProfile[]): void {
    this.#shared = shared;
  }

  clear(): void {
    this.#shared = [];
  }
}

function entriesOf(subjects: Subjects): readonly (readonly [SubjectKind, string])[] {
  return (['serviceToken', 'platformToken'] as const).flatMap((kind) => {
    const subject = subjects[kind];
    return subject === undefined ? [] : [[kind, subject] as const];
  });
}
