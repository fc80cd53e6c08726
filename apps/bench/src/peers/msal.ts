import { ConfidentialClientApplication, type INetworkModule, type NetworkResponse } from '@azure/msal-node';

const authority = 'https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555';

/** A confidential client whose tokens come from `endpoint`, whatever Microsoft's own address for them is. */
export function msalClient(endpoint: string): () => Promise<string | undefined> {
  const application = new ConfidentialClientApplication({
    auth: {
      clientId: '99999999-8888-4777-8666-555555555555',
      clientSecret: 'bench',
      authority,
      authorityMetadata: JSON.stringify({
        token_endpoint: `${authority}/oauth2/v2.0/token`,
        authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
        issuer: `${authority}/v2.0`,
        jwks_uri: `${authority}/discovery/v2.0/keys`,
      }),
      cloudDiscoveryMetadata: JSON.stringify({
        'api-version': '1.1',
        metadata: [
          {
            preferred_network: 'login.microsoftonline.com',
            preferred_cache: 'login.windows.net',
            aliases: ['login.microsoftonline.com', 'login.windows.net'],
          },
        ],
      }),
    },
    system: { networkClient: networkTo(endpoint) },
  });
  return async () => {
    const result = await application.acquireTokenByClientCredential({
      scopes: ['https://bench.invalid/.default'],
    });
    return result?.accessToken;
  };
}

function networkTo(endpoint: string): INetworkModule {
  return {
    async sendGetRequestAsync(url) {
      throw new Error(`Nothing is read from ${url}: the metadata is given.`);
    },
    async sendPostRequestAsync<Body>(): Promise<NetworkResponse<Body>> {
      const response = await fetch(endpoint, { method: 'POST', body: 'grant_type=client_credentials' });
      const body = (await response.json()) as Body;
      return { headers: {}, status: response.status, body };
    },
  };
}
