/** What an endpoint answers, before it meets a socket. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Buffer;
  readonly notes?: ReplyNotes;
  /** Real milliseconds before it goes out. Default 0. */
  readonly delayMs?: number;
}

/** What the ledger keeps about an answer. */
export interface ReplyNotes {
  readonly clientId?: string;
  readonly errorCode?: string;
  readonly issuedToken?: string;
}

export function jsonReply(
  status: number,
  value: unknown,
  notes: ReplyNotes = {},
  headers: Reply['headers'] = {},
): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json;charset=UTF-8', ...headers },
    body: JSON.stringify(value),
    notes,
  };
}

export function textReply(status: number, text: string, headers: Reply['headers'] = {}): Reply {
  return { status, headers: { 'content-type': 'text/plain;charset=UTF-8', ...headers }, body: `${text}\n` };
}

/** Pages carry no script and no style, and load nothing. */
export function htmlReply(status: number, html: string, headers: Reply['headers'] = {}): Reply {
  return {
    status,
    headers: {
      'content-type': 'text/html',
      'content-security-policy':
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      'x-content-type-options': 'nosniff',
      ...headers,
    },
    body: html,
  };
}
