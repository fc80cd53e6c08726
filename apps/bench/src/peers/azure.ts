import type { TokenCredential } from '@azure/core-auth';
import {
  bearerTokenAuthenticationPolicy,
  createHttpHeaders,
  createPipelineRequest,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { requestToken } from './endpoint.js';

/** Sends a request through Azure's bearer token policy and its token cycler, and answers with the token it was given. */
export interface AzurePolicy {
  newRequest(): PipelineRequest;
  authorize(request: PipelineRequest): Promise<string | undefined>;
}

export function azurePolicy(endpoint: string): AzurePolicy {
  const credential: TokenCredential = {
    async getToken() {
      const { token, expiresInSeconds } = await requestToken(endpoint);
      return { token, expiresOnTimestamp: Date.now() + expiresInSeconds * 1_000 };
    },
  };
  const policy = bearerTokenAuthenticationPolicy({ credential, scopes: 'bench' });
  const next = async (request: PipelineRequest): Promise<PipelineResponse> => ({
    request,
    status: 200,
    headers: noHeaders,
  });
  return {
    // The policy insists on TLS; nothing is sent.
    newRequest: () => createPipelineRequest({ url: 'https://bench.invalid/' }),
    async authorize(request) {
      const answer = await policy.sendRequest(request, next);
      return answer.request.headers.get('authorization');
    },
  };
}

const noHeaders = createHttpHeaders();
