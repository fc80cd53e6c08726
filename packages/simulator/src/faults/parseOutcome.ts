import { members, optionalText, text, wholeNumber, type Members } from '../ground/input.js';
import { invalidArgument, SimulatorError } from '../ground/simulatorError.js';

/** Of which an effect has one at most. */
export const outcomeMembers = [
  'status',
  'error',
  'itemError',
  'drop',
  'html',
  'truncatedJson',
  'bodyBytes',
  'throttle',
] as const;

type OutcomeName = (typeof outcomeMembers)[number];

const answered = ['body', 'contentType', 'headers', 'processed'];

/** Which details each outcome knows; any other would be without effect. */
const detailsOf: Readonly<Record<OutcomeName, readonly string[]>> = {
  status: answered,
  error: ['processed'],
  itemError: ['resources', 'details'],
  drop: [],
  html: ['processed'],
  truncatedJson: [],
  bodyBytes: ['processed'],
  throttle: [],
};

export const detailMembers: readonly string[] = [...new Set(Object.values(detailsOf).flat())];

/** A body alone is one with 200. Throws `invalid_argument` for what cannot be, or could not be sent. */
export function parseOutcome(effect: Members): Members {
  const outcomes = outcomeMembers.filter((name) => effect[name] !== undefined);
  if (outcomes.length > 1)
    throw new SimulatorError(
      'invalid_argument',
      `an effect has one outcome at most, this one has ${outcomes.join(' and ')}`,
    );
  const [outcome = effect['body'] === undefined ? undefined : 'status'] = outcomes;
  const stray = detailMembers.find(
    (name) => effect[name] !== undefined && !(outcome === undefined ? [] : detailsOf[outcome]).includes(name),
  );
  if (stray !== undefined)
    throw new SimulatorError(
      'invalid_argument',
      `${stray} has no effect ${outcome === undefined ? 'without an outcome' : `beside ${outcome}`}`,
    );
  if (outcome === undefined) return effect;
  const complete = outcome === 'status' ? { ...effect, status: effect['status'] ?? 200 } : effect;
  checkOutcome(complete, outcome);
  return complete;
}

function checkOutcome(effect: Members, outcome: OutcomeName): void {
  switch (outcome) {
    case 'status':
      checkStatus(effect);
      return;
    case 'error':
      text(effect, 'error');
      return;
    case 'itemError':
      text(effect, 'itemError');
      optionalText(effect, 'details');
      checkResources(effect['resources']);
      return;
    case 'drop':
      if (effect['drop'] !== 'before' && effect['drop'] !== 'after')
        throw invalidArgument('drop', "'before' or 'after'", effect['drop']);
      return;
    case 'bodyBytes':
      if (wholeNumber(effect, 'bodyBytes', 0) > 100_000_000)
        throw invalidArgument('bodyBytes', 'at most 100 000 000', effect['bodyBytes']);
      return;
    case 'html':
    case 'truncatedJson':
    case 'throttle':
      if (effect[outcome] !== true) throw invalidArgument(outcome, 'true', effect[outcome]);
  }
}

function checkStatus(effect: Members): void {
  const status = wholeNumber(effect, 'status', 0);
  if (status < 200 || status > 599) throw invalidArgument('status', 'from 200 to 599', status);
  const { body } = effect;
  if (body !== undefined && [204, 205, 304].includes(status))
    throw new SimulatorError('invalid_argument', `an answer with status ${status} has no body`);
  if (!isSendable(body)) throw invalidArgument('body', 'text or a JSON value', body);
  const contentType = optionalText(effect, 'contentType');
  if (contentType !== undefined) checkHeaderValue('contentType', contentType);
  const { headers } = effect;
  for (const [name, value] of Object.entries(headers === undefined ? {} : members('headers', headers)))
    checkHeader(name, value);
}

/** The framing of an answer belongs to the server. */
const framing = [
  'connection',
  'content-length',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

function checkHeader(name: string, value: unknown): void {
  if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) throw invalidArgument('headers', 'named as headers are', name);
  if (framing.includes(name.toLowerCase()))
    throw new SimulatorError(
      'invalid_argument',
      `headers cannot have ${name}: the server frames its answers`,
    );
  checkHeaderValue(`headers[${name}]`, value);
}

function checkHeaderValue(name: string, value: unknown): void {
  if (typeof value !== 'string' || /[^\x20-\x7e]/.test(value))
    throw invalidArgument(name, 'visible ASCII', value);
}

function isSendable(body: unknown): boolean {
  try {
    return body === undefined || JSON.stringify(body) !== undefined;
  } catch {
    return false;
  }
}

function checkResources(resources: unknown): void {
  const isList = Array.isArray(resources) && resources.every((each) => typeof each === 'string');
  if (resources !== undefined && !isList) throw invalidArgument('resources', 'a list of strings', resources);
}
