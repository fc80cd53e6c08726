import {
  members,
  number,
  onlyKnown,
  optionalNumber,
  optionalText,
  text,
  wholeNumber,
  type Members,
} from '../ground/input.js';
import { endpointNames, isEndpointName, type EndpointName } from '../ground/endpointName.js';
import { invalidArgument, SimulatorError } from '../ground/simulatorError.js';
import type { Delay, Fault, FaultEffect } from './fault.js';

const faultMembers = ['endpoint', 'device', 'forwardedFor', 'clientId', 'count', 'skip', 'effect'];
const timingMembers = ['delayMs', 'answerDelayMs', 'dateSkewMs', 'slowBodyBytesPerSecond'];
const outcomeMembers = ['status', 'error', 'drop', 'html', 'truncatedJson', 'bodyBytes', 'throttle'];
const detailMembers = ['body', 'contentType', 'headers', 'processed'];

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
  const outcomes = outcomeMembers.filter((name) => effect[name] !== undefined);
  if (outcomes.length > 1)
    throw new SimulatorError(
      'invalid_argument',
      `an effect has one outcome at most, this one has ${outcomes.join(' and ')}`,
    );
  parseDelay(effect, 'delayMs');
  parseDelay(effect, 'answerDelayMs');
  optionalNumber(effect, 'dateSkewMs');
  if (effect['slowBodyBytesPerSecond'] !== undefined && number(effect, 'slowBodyBytesPerSecond') <= 0)
    throw invalidArgument('slowBodyBytesPerSecond', 'above 0', effect['slowBodyBytesPerSecond']);
  checkOutcome(effect, outcomes[0]);
  // Every member has been checked above; the shape is the type's.
  return { ...effect };
}

function checkOutcome(effect: Members, outcome: string | undefined): void {
  switch (outcome) {
    case 'status':
      if (wholeNumber(effect, 'status', 0) < 200 || wholeNumber(effect, 'status', 0) > 599)
        throw invalidArgument('status', 'from 200 to 599', effect['status']);
      optionalText(effect, 'contentType');
      for (const value of Object.values(
        effect['headers'] === undefined ? {} : members('headers', effect['headers']),
      )) {
        if (typeof value !== 'string' || /[^\x20-\x7e]/.test(value))
          throw invalidArgument('headers', 'an object of visible ASCII strings', value);
      }
      return;
    case 'error':
      text(effect, 'error');
      return;
    case 'drop':
      if (effect['drop'] !== 'before' && effect['drop'] !== 'after')
        throw invalidArgument('drop', "'before' or 'after'", effect['drop']);
      return;
    case 'bodyBytes':
      if (wholeNumber(effect, 'bodyBytes', 0) > 100_000_000)
        throw invalidArgument('bodyBytes', 'at most 100 000 000', effect['bodyBytes']);
      return;
    case undefined:
      return;
    default:
      if (effect[outcome] !== true) throw invalidArgument(outcome, 'true', effect[outcome]);
  }
}

function parseDelay(effect: Members, name: string): Delay | undefined {
  const delay = effect[name];
  if (delay === undefined || typeof delay === 'function') return delay as Delay | undefined;
  const list: readonly unknown[] = Array.isArray(delay) ? delay : [delay];
  if (list.length === 0 || list.some((ms) => typeof ms !== 'number' || !(ms >= 0 && ms <= 600_000)))
    throw invalidArgument(name, 'milliseconds from 0 to 600 000, or a list of them', delay);
  return delay as Delay;
}
