import { escapeHtml, pageReply } from '../../http/html.js';
import type { Reply } from '../../http/reply.js';
import { enhancedError } from './enhancedError.js';

/** The authenticate endpoint answers browsers, and its errors are HTML. */
export function errorPage(code: string): Reply {
  const { status, message } = enhancedError(code);
  const reply = pageReply(status, {
    title: 'Sign-in is not possible',
    body: `<main><h1>Sign-in is not possible</h1><p>${escapeHtml(message)}</p></main>`,
  });
  return { ...reply, notes: { errorCode: code } };
}
