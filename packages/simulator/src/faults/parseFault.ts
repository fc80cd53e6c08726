import {
  members,
  onlyKnown,
  optionalNumber,
  optionalText,
  wholeNumber,
  type Members,
} from '../ground/input.js';
import { endpointNames, isEndpointName, type EndpointName } from '../ground/endpointName.js';
import { invalidArgument } from '../ground/simulatorError.js';
import type { Delay, Fault, FaultEffect } from './fault.js';
import { detailMembers, outcomeMembers, parseOutcome } from './parseOutcome.js';

const faultMembers = ['endpoint', 'device', 'forwardedFor', 'clientId', 'count', 'skip', 'effect'];
const timingMembers = ['delayMs', 'answerDelayMs', 'dateSkewMs', 'slowBodyBytesPerSecond'];
/** A century: dates that can be written. */
const maxSkewMs = 100 * 366 * 86_400_000;

/** A fault from wherever: a caller without types, or JSON, where `"unlimited"` stands for Infinity. */
export function parseFault(value: unknown): Fault {
  const fault = members('fault', value);
  onlyKnown('fault', fault, faultMembers);
  const device = optionalText(fault, 'device');
  const forwardedFor = optionalText(fault, 'forwardedFor');
  const clientId = optionalText(fault, 'clientId');
  return {
    endpoint: parseEndpoint(fault['endpoint']),
    ...(device === undefined ? {} : { device }),
    ...(forwardedFor === undefined ? {} : { forwardedFor }),
    ...(clientId === undefined ? {} : { clientId }),
    count:
      fault['count'] === Infinity || fault['count'] === 'unlimited'
        ? Infinity
        : wholeNumber(fault, 'count', 1),
    skip: wholeNumber(fault, 'skip', 0),
    effect: parseEffect(members('effect', fault['effect'])),
  };
}

function parseEndpoint(value: unknown): EndpointName | '*' {
  if (value === undefined || value === '*') return '*';
  if (isEndpointName(value)) return value;
  throw invalidArgument('endpoint', `'*' or one of ${endpointNames.join(', ')}`, value);
}

function parseEffect(effect: Members): FaultEffect {
  onlyKnown('effect', effect, [...timingMembers, ...outcomeMembers, ...detailMembers]);
  parseDelay(effect, 'delayMs');
  parseDelay(effect, 'answerDelayMs');
  requireRange(effect, 'dateSkewMs', -maxSkewMs, maxSkewMs);
  requireRange(effect, 'slowBodyBytesPerSecond', 0.01, 10 ** 9);
  // Every member is checked; the shape is the type's.
  return { ...parseOutcome(effect) };
}

function requireRange(effect: Members, name: string, min: number, max: number): void {
  const value = optionalNumber(effect, name);
  if (value !== undefined && (value < min || value > max))
    throw invalidArgument(name, `from ${min} to ${max}`, value);
}

function parseDelay(effect: Members, name: string): Delay | undefined {
  const delay = effect[name];
  if (delay === undefined || typeof delay === 'function') return delay as Delay | undefined;
  const list: readonly unknown[] = Array.isArray(delay) ? delay : [delay];
  if (list.length === 0 || list.some((ms) => typeof ms !== 'number' || !(ms >= 0 && ms <= 600_000)))
    throw invalidArgument(name, 'milliseconds from 0 to 600 000, or a list of them', delay);
  return delay as Delay;
}
