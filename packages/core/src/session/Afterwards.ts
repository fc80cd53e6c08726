import type { Answer } from '../registration/event.js';

/** What came up about a device while other work on it was going on, and is seen to when that has ended. */
export class Afterwards {
  /** A request found the token due for renewal; the work may not have been about that. */
  renewalIsDue = false;
  /** The cache may have lost the pair since the work has read it. */
  lossIsSuspected = false;
  /** What an answer has shown of the viewer's sign-in on the pair; the last word counts. */
  seen: Answer<'signInSeen' | 'signOutSeen'> | null = null;

  /** The first of them, which then is none any more. */
  take(): Answer | null {
    if (this.renewalIsDue) {
      this.renewalIsDue = false;
      return { type: 'tokenNeeded' };
    }
    if (this.lossIsSuspected) {
      this.lossIsSuspected = false;
      return { type: 'lossSuspected' };
    }
    const { seen } = this;
    this.seen = null;
    return seen;
  }
}
