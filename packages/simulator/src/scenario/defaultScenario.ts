import { defaultProviders } from './defaultProviders.js';
import type { ApplicationOptions, ServiceProviderOptions, ViewerOptions } from './scenario.js';

/**
 * `tv` for `REF30`, and `operations` for what a server manages there. `REF31` exists too, but neither covers it. Adobe
 * usually gives each scope of `operations` an application of its own; their names are second-hand.
 */
export const defaultApplications: readonly ApplicationOptions[] = [
  { name: 'tv', serviceProviders: ['REF30'] },
  {
    name: 'operations',
    serviceProviders: ['REF30'],
    scopes: ['temporary:passes:owner', 'decisions:owner', 'analytics:client'],
  },
];

/** Whose password is their name. */
export const defaultViewers: readonly ViewerOptions[] = [
  { name: 'viewer' },
  { name: 'basic', entitlements: ['REF30', 'REF30-news'] },
  { name: 'child', maxRating: 'TV-PG' },
  { name: 'away', decision: 'authorization_denied_by_hba_policies', attributes: { hba_status: true } },
  { name: 'ended', decision: 'authorization_denied_by_session_invalidated' },
  { name: 'stranger', decision: 'identity_not_recognized_by_mvpd' },
  { name: 'locked', refused: 'locked' },
  { name: 'nopackage', refused: 'noPackage' },
];

export const defaultServiceProviders: readonly ServiceProviderOptions[] = [
  {
    id: 'REF30',
    name: 'Reference channel 30',
    domains: ['adobe.com', 'ref30.example'],
    resources: [
      { id: 'REF30-kids', rating: 'TV-Y' },
      { id: 'REF30-movies', rating: 'TV-MA' },
      { id: 'REF30-free', free: true },
      { id: 'REF30-unread', decision: 'network_received_error' },
      { id: 'REF30-unreachable', decision: 'network_connection_timeout' },
      { id: 'REF30-late', decision: 'maximum_execution_time_exceeded' },
      { id: 'REF30-broken', decision: 'internal_server_error' },
    ],
    mvpds: defaultProviders,
  },
  {
    id: 'REF31',
    name: 'Reference channel 31',
    mvpds: [
      { id: 'Cablevision', displayName: 'Cablevision', logoUrl: 'https://logos.example/cablevision.png' },
      { id: 'OnlyOn31', displayName: 'Only on 31' },
    ],
  },
];
