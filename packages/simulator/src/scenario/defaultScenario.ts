import type { ApplicationOptions, ServiceProviderOptions } from './scenario.js';

/** One application, `tv`, for `REF30`. `REF31` exists too, but `tv` does not cover it. */
export const defaultApplications: readonly ApplicationOptions[] = [
  { name: 'tv', serviceProviders: ['REF30'] },
];

export const defaultServiceProviders: readonly ServiceProviderOptions[] = [
  {
    id: 'REF30',
    name: 'Reference channel 30',
    domains: ['adobe.com', 'ref30.example'],
    mvpds: [
      { id: 'Cablevision', displayName: 'Cablevision', logoUrl: 'https://logos.example/cablevision.png' },
      {
        id: 'AcmeFiber',
        displayName: 'Acme Fiber',
        logoUrl: 'https://logos.example/acme-fiber.png',
        isProxy: true,
      },
      { id: 'AcmeSat', displayName: 'Acme Satellite', platforms: ['SetTopBox', 'TV', 'MediaPlayer'] },
      { id: 'AcmeMobile', displayName: 'Acme Mobile', platforms: ['MobilePhone', 'Tablet'] },
      {
        id: 'AcmeApple',
        displayName: 'Acme on Apple TV',
        platforms: ['tvOS', 'iOS'],
        boardingStatus: 'SUPPORTED',
        platformMappingId: 'acme-mapping',
        enablePlatformServices: true,
        displayInPlatformPicker: true,
      },
      { id: 'TempPass_TEST40', displayName: 'Temporary Pass', isTempPass: true },
    ],
  },
  {
    id: 'REF31',
    name: 'Reference channel 31',
    mvpds: [
      { id: 'Cablevision', displayName: 'Cablevision', logoUrl: 'https://logos.example/cablevision.png' },
    ],
  },
];
