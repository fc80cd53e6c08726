import { UserRefreshClient } from 'google-auth-library';

/** The client of a user's refresh token, whose tokens come from `endpoint`. */
export function googleClient(endpoint: string): UserRefreshClient {
  const client = new UserRefreshClient({
    clientId: 'bench',
    clientSecret: 'bench',
    refreshToken: 'bench',
    endpoints: { oauth2TokenUrl: endpoint },
  });
  return client;
}
