import { dcrError } from '../dcr/dcrError.js';
import { enhancedErrorReply } from '../api/errors/enhancedError.js';
import { withItemError } from '../api/decisions/withItemError.js';
import { errorPage } from '../api/errors/errorPage.js';
import type { ErrorShape } from '../http/endpoint.js';
import { htmlReply, jsonReply, type Reply } from '../http/reply.js';
import { tooManyRequests } from './tooManyRequests.js';
import type { Delay, FaultEffect } from '../faults/fault.js';

const page =
  '<!doctype html>\n<html><head><title>Service unavailable</title></head><body><h1>The page cannot be displayed</h1></body></html>\n';

export function delayOf(delay: Delay | undefined, index: number): number {
  if (delay === undefined) return 0;
  const ms =
    typeof delay === 'number'
      ? delay
      : typeof delay === 'function'
        ? delay(index)
        : delay[index % delay.length];
  return Math.max(0, ms ?? 0);
}

/** Whether the request takes effect at all. Otherwise the state stays as if it had never come. */
export function isProcessed(effect: FaultEffect): boolean {
  if (effect.drop !== undefined) return effect.drop === 'after';
  if (effect.truncatedJson === true) return true;
  if (effect.throttle === true) return false;
  if (
    effect.status !== undefined ||
    effect.error !== undefined ||
    effect.html !== undefined ||
    effect.bodyBytes !== undefined
  )
    return effect.processed === true;
  return true;
}

/** What goes out instead of `answer`, which is undefined if the request was not processed. */
export function disguise(
  effect: FaultEffect,
  errors: ErrorShape,
  answer: Reply | undefined,
): Reply | undefined {
  const reply = replacement(effect, errors) ?? (answer === undefined ? undefined : changed(effect, answer));
  // The ledger still says what really happened.
  return reply === undefined || answer === undefined
    ? reply
    : { ...reply, notes: { ...answer.notes, ...reply.notes } };
}

function replacement(effect: FaultEffect, errors: ErrorShape): Reply | undefined {
  if (effect.status !== undefined)
    return scripted(effect.status, effect.body, effect.contentType, effect.headers);
  if (effect.error !== undefined) return errorReply(effect.error, errors);
  if (effect.html === true) return htmlReply(200, page);
  if (effect.bodyBytes !== undefined) return jsonOfSize(effect.bodyBytes);
  if (effect.throttle === true) return tooManyRequests();
  return undefined;
}

function errorReply(code: string, errors: ErrorShape): Reply {
  switch (errors) {
    case 'dcr':
      return dcrError(code);
    case 'enhanced':
      return enhancedErrorReply(code);
    case 'page':
      return errorPage(code);
  }
}

function scripted(
  status: number,
  body: unknown,
  contentType: string | undefined,
  headers: Reply['headers'] = {},
): Reply {
  const withType = contentType === undefined ? headers : { 'content-type': contentType, ...headers };
  if (body === undefined) return { status, headers: withType, body: '' };
  return typeof body === 'string' ? htmlReply(status, body, withType) : jsonReply(status, body, {}, withType);
}

/** The real answer, made worse. */
function changed(effect: FaultEffect, answer: Reply): Reply {
  if (effect.truncatedJson === true) return truncated(answer);
  return effect.itemError === undefined
    ? answer
    : withItemError(answer, effect.itemError, effect.resources, effect.details);
}

function truncated(answer: Reply): Reply {
  return { ...answer, body: answer.body.slice(0, Math.ceil(answer.body.length / 2)) };
}

function jsonOfSize(bytes: number): Reply {
  const frame = '{"padding":""}';
  const body = Buffer.alloc(Math.max(frame.length, bytes), 'a');
  body.write(frame.slice(0, -2), 0);
  body.write(frame.slice(-2), body.length - 2);
  return { status: 200, headers: { 'content-type': 'application/json;charset=UTF-8' }, body };
}
