import { setTimeout as delay } from 'node:timers/promises';

import { delayOf, disguise, isProcessed } from './applyFault.js';
import type { FaultEffect } from '../faults/fault.js';
import type { World } from '../world.js';
import { optional } from './describeRequest.js';
import type { Call } from '../http/endpoint.js';
import { textReply, type Reply } from '../http/reply.js';
import type { Visit } from './visit.js';

export type Outcome =
  | { readonly kind: 'answer'; readonly reply: Reply; readonly effect: FaultEffect }
  | { readonly kind: 'drop'; readonly notes: Reply['notes'] };

/** The endpoint's answer, or what the fault that hits this request makes of it. */
export async function carryOut(call: Call, visit: Visit, world: World): Promise<Outcome> {
  const clientId = clientIdOf(call, visit, world);
  visit.note(optional('clientId', clientId));
  const { device, forwardedFor } = visit.facts;
  const fault = world.faults.draw({ endpoint: visit.endpointName, device, forwardedFor, clientId });
  visit.note(optional('fault', fault?.id));
  const { effect, index } = fault ?? { effect: {}, index: 0 };

  await pause(
    delayOf(effect.delayMs, index) + (visit.endpointName === 'register' ? world.options.registerDelayMs : 0),
    world,
  );
  const now = world.clock.now();
  const honest = isProcessed(effect)
    ? handle({ ...call, now, shownNow: now + (effect.dateSkewMs ?? 0) }, visit, world)
    : undefined;
  await pause((honest?.delayMs ?? 0) + delayOf(effect.answerDelayMs, index), world);

  const reply = disguise(
    effect,
    visit.route.kind === 'notFound' ? 'enhanced' : visit.route.endpoint.errors,
    honest,
  );
  return effect.drop !== undefined || reply === undefined
    ? { kind: 'drop', notes: reply?.notes }
    : { kind: 'answer', reply, effect };
}

function clientIdOf(call: Call, { route }: Visit, { tokens }: World): string | undefined {
  if (route.kind === 'endpoint' && route.endpoint.clientIdOf !== undefined)
    return route.endpoint.clientIdOf(call);
  return call.accessToken === undefined ? undefined : tokens.find(call.accessToken)?.clientId;
}

function handle(call: Call, { route }: Visit, world: World): Reply {
  switch (route.kind) {
    case 'endpoint':
      return route.endpoint.handle(call, world);
    case 'methodNotAllowed':
      return textReply(405, 'Method Not Allowed', { allow: route.allow });
    case 'notFound':
      return textReply(404, 'Not Found');
  }
}

/** Real time: a test that holds the virtual clock still wants its late answers. */
async function pause(ms: number, { closing }: World): Promise<void> {
  if (ms > 0) await delay(ms, undefined, { signal: closing.signal });
}
