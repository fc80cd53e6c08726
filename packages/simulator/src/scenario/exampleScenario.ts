import type { ScenarioOptions } from './scenario.js';

/** What `pass-simulator init` writes: each member of a scenario once, to be changed and struck. */
export const exampleScenario: ScenarioOptions = {
  applications: [
    { name: 'tv', serviceProviders: ['REF30'], scopes: ['api:client:v2'] },
    {
      name: 'phone',
      id: '7b1c2f0e-5d43-4c8e-9a55-0c4d8a2f6e31',
      redirectDomains: ['app.example'],
      grantTypes: ['client_credentials'],
    },
  ],
  serviceProviders: [
    {
      id: 'REF30',
      name: 'My channel',
      domains: ['channel.example'],
      maxPreauthorizeResources: 5,
      maxAuthorizeResources: 1,
      resources: [
        { id: 'kids', rating: 'TV-Y' },
        { id: 'movies', rating: 'TV-MA' },
        { id: 'trailers', free: true },
        { id: 'broken', decision: 'network_received_error' },
      ],
      mvpds: [
        {
          id: 'HarborCable',
          displayName: 'Harbor Cable',
          logoUrl: 'https://logos.example/harbor.png',
          profileLifeSeconds: 2_592_000,
          authorizationLifeSeconds: 86_400,
          attributes: { householdID: 'household-1', zip: ['10001'] },
          encryptedAttributes: ['zip'],
          onPlatform: { TVConnected: { logoUrl: 'https://logos.example/harbor-tv.png' } },
        },
        {
          id: 'BasicPackage',
          displayName: 'Basic package: the channel, no movies',
          login: 'form',
          logout: 'redirect',
          entitlements: ['REF30', 'kids'],
        },
        { id: 'Denies', displayName: 'Denies everything', decision: 'authorization_denied_by_mvpd' },
        { id: 'Slow', displayName: 'Takes two seconds', delayMs: 2000 },
        {
          id: 'BrokenIntegration',
          displayName: 'Integration is broken',
          misconfigured: 'invalid_configuration_mvpd_platform',
        },
        { id: 'Former', displayName: 'No longer integrated', active: false },
        { id: 'Small', displayName: 'Behind a proxy', isProxy: true, proxy: 'ProxyWest' },
        {
          id: 'AppleOnly',
          displayName: 'On Apple devices, in their own account picker',
          platforms: ['iOS', 'tvOS'],
          boardingStatus: 'SUPPORTED',
          platformMappingId: 'apple-only',
          enablePlatformServices: true,
          displayInPlatformPicker: true,
          enforcePlatformPermissions: true,
        },
        {
          id: 'Families',
          displayName: 'Accounts of its own',
          authPerAggregator: true,
          authPerBrowserSession: true,
          passiveAuthnEnabled: true,
          viewers: [{ name: 'parent', password: 'secret' }, { name: 'child', maxRating: 'TV-PG' }],
        },
        {
          id: 'TempPass',
          displayName: 'Ten minutes for everybody',
          isTempPass: true,
          temporaryAccess: { durationSeconds: 600 },
        },
        {
          id: 'TempPassPromotion',
          displayName: 'Three titles in a day, by e-mail address',
          isTempPass: true,
          temporaryAccess: { durationSeconds: 86_400, resources: 3, identityKey: 'email' },
        },
      ],
    },
  ],
  viewers: [
    { name: 'viewer' },
    { name: 'news', password: 'news', entitlements: ['REF30'], attributes: { zip: ['60601'] } },
    { name: 'child', maxRating: 'TV-PG' },
    { name: 'away', decision: 'authorization_denied_by_hba_policies' },
    { name: 'locked', refused: 'locked' },
  ],
};
