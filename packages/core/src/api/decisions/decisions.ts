import { isPassError } from '../../errors.js';
import { meaningOf } from '../../adobeCodes.js';
import type { Deadline } from '../../time/Deadline.js';
import type { ApiRuntime } from '../ApiRuntime.js';
import { EnhancedError } from '../answers/EnhancedError.js';
import { jsonType } from '../answers/form.js';
import { checkParameters, segment } from '../answers/parameters.js';
import type { CallOptions } from '../CallOptions.js';
import type { ProtectedCall } from '../callProtected.js';
import type { ClientCalls } from '../ClientCalls.js';
import type { ContextHeader } from '../contextHeaders.js';
import { backoffMs } from '../judge.js';
import { resourcePath } from '../resourcePath.js';
import { askedAgain, batchesOf, checkResources } from './batches.js';
import type { PermitHolder } from './PermitCache.js';
import { deniedAll, readDecisions, type DecisionQuestion } from './readDecisions.js';
import type {
  Authorization,
  DecisionParameters,
  DecisionsResource,
  Preauthorization,
  Preauthorized,
} from './types.js';

const context: readonly ContextHeader[] = [
  'subjectToken',
  'rokuConnectToken',
  'serviceToken',
  'partnerFrameworkStatus',
  'tempPassIdentity',
  'visitorIdentifier',
];

/** The headers that say for whom Adobe Pass decides, besides the device. */
const identityHeaders = [
  'adobe-subject-token',
  'x-roku-reserved-roku-connect-token',
  'ad-service-token',
  'ap-partner-framework-status',
  'ap-temppass-identity',
] as const;

/** What these calls need of the runtime. */
export type DecisionsRuntime = Pick<
  ApiRuntime,
  'resourcesPerPreauthorize' | 'permits' | 'tokens' | 'timing' | 'random' | 'closing'
>;

/** What is asked, and how: the two kinds differ in little. */
interface Asking {
  readonly endpoint: 'preauthorize' | 'authorize';
  readonly mvpd: string;
  /** Resources in one call. */
  readonly perCall: number;
}

export class Decisions implements DecisionsResource {
  readonly #client: ClientCalls;
  readonly #runtime: DecisionsRuntime;

  constructor(client: ClientCalls, runtime: DecisionsRuntime) {
    this.#client = client;
    this.#runtime = runtime;
  }

  async preauthorize(
    parameters: DecisionParameters & { readonly cache?: boolean | undefined },
    options?: CallOptions,
  ): Promise<readonly Preauthorization[]> {
    return await this.#client.within(options, async (deadline) => {
      checkParameters('decisions.preauthorize', parameters);
      const { mvpd, cache = false } = parameters;
      const resources = checkResources(parameters.resources);
      const asking = {
        endpoint: 'preauthorize',
        mvpd,
        perCall: this.#runtime.resourcesPerPreauthorize,
      } as const;
      const holder = cache ? this.#holder(mvpd) : undefined;
      const kept = holder === undefined ? [] : this.#kept(holder, resources);
      const answered = (await this.#decide(asking, resources, kept, deadline)).map(withoutToken);
      if (holder !== undefined) this.#runtime.permits.keep(holder, answered.filter(isPermit));
      return answered;
    });
  }

  async authorize(parameters: DecisionParameters, options?: CallOptions): Promise<readonly Authorization[]> {
    return await this.#client.within(options, async (deadline) => {
      checkParameters('decisions.authorize', parameters);
      const resources = checkResources(parameters.resources);
      const asking = { endpoint: 'authorize', mvpd: parameters.mvpd, perCall: resources.length } as const;
      return await this.#decide(asking, resources, [], deadline);
    });
  }

  /** One decision per resource, in their order. `kept`: those that need not be asked for. */
  async #decide(
    asking: Asking,
    resources: readonly string[],
    kept: readonly Authorization[],
    deadline: Deadline,
  ): Promise<readonly Authorization[]> {
    const call = this.#call(asking);
    const found = new Map(kept.map((decision) => [decision.resource, decision]));
    const open = [...new Set(resources)].filter((resource) => !found.has(resource));
    await this.#ask(asking, call, open, found, deadline);
    await this.#askAgain(asking, call, found, deadline);
    return resources.flatMap((resource) => found.get(resource) ?? []);
  }

  async #ask(
    asking: Asking,
    call: ProtectedCall,
    resources: readonly string[],
    found: Map<string, Authorization>,
    deadline: Deadline,
  ): Promise<void> {
    // One after the other: together they could use up what Adobe Pass allows the address.
    for (const batch of batchesOf(resources, asking.perCall)) {
      for (const decision of await this.#batch(asking, call, batch, deadline))
        found.set(decision.resource, decision);
    }
  }

  /** The items whose error says so, twice at most. What was found before stays if that brings nothing. */
  async #askAgain(
    asking: Asking,
    call: ProtectedCall,
    found: Map<string, Authorization>,
    deadline: Deadline,
  ): Promise<void> {
    const { timing, random, closing } = this.#runtime;
    for (let retries = 0; retries < timing.retries; retries += 1) {
      const again = askedAgain(found);
      const waitMs = backoffMs({ retries, random: random() }, timing);
      if (again.length === 0 || waitMs > deadline.remainingMs) return;
      await deadline.pause(waitMs, closing);
      try {
        await this.#ask(asking, call, again, found, deadline);
      } catch (error) {
        if (isPassError(error) && error.code !== 'closed') return;
        throw error;
      }
    }
  }

  async #batch(
    { endpoint, mvpd }: Asking,
    call: ProtectedCall,
    resources: readonly string[],
    deadline: Deadline,
  ): Promise<readonly Authorization[]> {
    const client = this.#client;
    const question: DecisionQuestion = {
      name: `decisions.${endpoint}`,
      serviceProvider: client.serviceProvider,
      mvpd,
      resources,
      isEcho: client.isEcho,
    };
    try {
      const answer = await client.call({ ...call, body: JSON.stringify({ resources }) }, deadline);
      return readDecisions(question, answer);
    } catch (error) {
      const reason = reasonForAll(error);
      if (reason === undefined) throw error;
      return deniedAll(question, reason);
    }
  }

  #call({ endpoint, mvpd }: Asking): ProtectedCall {
    const client = this.#client;
    return {
      endpoint,
      method: 'POST',
      path: resourcePath(client, `decisions/${endpoint}/${segment(mvpd, 'mvpd')}`),
      headers: { ...client.headers(context), ...jsonType },
    };
  }

  #holder(mvpd: string): PermitHolder {
    const client = this.#client;
    const pair = this.#runtime.tokens.pairOf(client.key());
    const headers = client.headers(context);
    const identity = [pair?.clientId, ...identityHeaders.map((name) => headers[name])];
    return { whose: client.whose(), mvpd, identity: JSON.stringify(identity) };
  }

  #kept(holder: PermitHolder, resources: readonly string[]): readonly Authorization[] {
    return resources.flatMap((resource) => this.#runtime.permits.find(holder, resource) ?? []);
  }
}

/**
 * A denial that Adobe Pass gives for the call instead of for each item: the same outcome, such as a missing profile, comes
 * in both forms. What an operator has to change is no denial.
 */
function reasonForAll(error: unknown): EnhancedError | undefined {
  if (!isPassError(error) || error.code !== 'upstream_refused' || error.adobe?.code === undefined)
    return undefined;
  const { mustAct } = meaningOf(error.adobe);
  if (error.adobe.status !== 403 || mustAct === 'operator' || mustAct === 'adobe' || error.retryable)
    return undefined;
  return new EnhancedError(error.adobe, error.viewerMessage);
}

function withoutToken(decision: Authorization): Preauthorization {
  if (!('token' in decision)) return decision;
  const rest = { ...decision };
  delete rest.token;
  return rest;
}

function isPermit(decision: Preauthorization): decision is Preauthorized {
  return decision.authorized;
}
