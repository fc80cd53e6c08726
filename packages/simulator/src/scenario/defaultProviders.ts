import type { MvpdOptions } from './scenario.js';

function logo(name: string): string {
  return `https://logos.example/${name}.png`;
}

/** Fifteen that are found everywhere. Real only by its name: Cablevision, of Adobe's samples. */
const everywhere: readonly MvpdOptions[] = [
  {
    id: 'Cablevision',
    displayName: 'Cablevision',
    logoUrl: logo('cablevision'),
    attributes: { householdID: 'household-1', is_hoh: '1', zip: ['10001'] },
  },
  {
    id: 'NorthlightCable',
    displayName: 'Northlight Cable',
    logoUrl: logo('northlight'),
    login: 'form',
    attributes: { upstreamUserID: 'northlight-77', zip: ['60601', '60602'], encryptedZip: 'b3BhcXVl' },
  },
  {
    id: 'BluefinchFiber',
    displayName: 'Bluefinch Fiber',
    logoUrl: logo('bluefinch'),
    attributes: { zip: ['94103'], householdID: 'household-3' },
    encryptedAttributes: ['zip'],
    onPlatform: { TVConnected: { displayName: 'Bluefinch', logoUrl: logo('bluefinch-tv') } },
  },
  { id: 'CopperleafTV', displayName: 'Copperleaf TV', logoUrl: logo('copperleaf'), login: 'form' },
  { id: 'Halyard', displayName: 'Halyard', logoUrl: logo('halyard'), logout: 'none' },
  {
    id: 'Quarrystone',
    displayName: 'Quarrystone',
    logoUrl: logo('quarrystone'),
    logout: 'redirect',
    attributes: { maxRating: { MPAA: 'PG-13', VCHIP: 'TV-14', URL: 'https://quarrystone.example/ratings' } },
  },
  { id: 'FernhollowNet', displayName: 'Fernhollow', logoUrl: logo('fernhollow'), authPerAggregator: true },
  // Denies everything, with words for the viewer.
  {
    id: 'OldmillCable',
    displayName: 'Oldmill Cable',
    logoUrl: logo('oldmill'),
    decision: 'authorization_denied_by_mvpd',
  },
  // Only the channel and its news are in its packages.
  {
    id: 'SandpiperBasic',
    displayName: 'Sandpiper Basic',
    logoUrl: logo('sandpiper'),
    entitlements: ['REF30', 'REF30-news'],
  },
  // Each account is a child's.
  {
    id: 'WillowgateFamily',
    displayName: 'Willowgate Family',
    logoUrl: logo('willowgate'),
    viewers: [{ name: 'viewer', maxRating: 'TV-PG' }],
  },
  { id: 'SlowbrookTelecom', displayName: 'Slowbrook Telecom', logoUrl: logo('slowbrook'), delayMs: 2000 },
  {
    id: 'TwelveOaks',
    displayName: 'Twelve Oaks',
    logoUrl: logo('twelve-oaks'),
    passiveAuthnEnabled: true,
    authPerBrowserSession: true,
    profileLifeSeconds: 6 * 3600,
  },
  // Its authorization service cannot be reached, or fails.
  {
    id: 'GreyharborCable',
    displayName: 'Greyharbor',
    logoUrl: logo('greyharbor'),
    decision: 'network_connection_timeout',
  },
  // Its integration is broken on our side.
  {
    id: 'HollowcreekTV',
    displayName: 'Hollowcreek TV',
    logoUrl: logo('hollowcreek'),
    misconfigured: 'invalid_configuration_mvpd_platform',
  },
  // Known, and not integrated any more.
  { id: 'FormerFiber', displayName: 'Former Fiber', active: false },
];

/** Small ones behind a proxy MVPD. */
const proxied: readonly MvpdOptions[] = [
  { id: 'pinecrest_coop', displayName: 'Pinecrest Cooperative', isProxy: true, proxy: 'ProxyWest' },
  { id: 'lakeshore_utility', displayName: 'Lakeshore Utilities', isProxy: true, proxy: 'ProxyWest' },
  {
    id: 'ridgeline_tel',
    displayName: 'Ridgeline Telephone',
    isProxy: true,
    proxy: 'ProxyWest',
    logout: 'none',
  },
  { id: 'saltmarsh_comm', displayName: 'Saltmarsh Communications', isProxy: true, proxy: 'ProxyEast' },
];

/** Each platform has one that it shares with no other, so that no two lists are the same. */
const bound: readonly MvpdOptions[] = [
  { id: 'Emberline', displayName: 'Emberline', logoUrl: logo('emberline'), platforms: ['FireTV'] },
  { id: 'TidepoolMobile', displayName: 'Tidepool Mobile', platforms: ['Android'] },
  { id: 'PolarNine', displayName: 'Polar Nine', logoUrl: logo('polar-nine'), platforms: ['Roku'] },
  { id: 'MeridianSeven', displayName: 'Meridian Seven', logoUrl: logo('meridian'), platforms: ['Samsung'] },
  { id: 'LarkspurVision', displayName: 'Larkspur Vision', platforms: ['Vizio'] },
  { id: 'ZephyrSky', displayName: 'Zephyr Sky', logoUrl: logo('zephyr'), platforms: ['PlayStation'] },
  { id: 'JuniperCoast', displayName: 'Juniper Coast', logoUrl: logo('juniper'), platforms: ['TVConnected'] },
  { id: 'DriftwoodDesk', displayName: 'Driftwood', platforms: ['Desktop'] },
  {
    id: 'OrchardCable',
    displayName: 'Orchard Cable',
    logoUrl: logo('orchard'),
    platforms: ['iOS', 'tvOS'],
    boardingStatus: 'SUPPORTED',
    platformMappingId: 'orchard-mapping',
    enablePlatformServices: true,
    displayInPlatformPicker: true,
    enforcePlatformPermissions: true,
  },
  {
    id: 'Vineyard',
    displayName: 'Vineyard',
    platforms: ['iOS', 'tvOS'],
    boardingStatus: 'PICKER',
    platformMappingId: 'vineyard-mapping',
    displayInPlatformPicker: true,
  },
];

const temporary: readonly MvpdOptions[] = [
  {
    id: 'TempPass_TEST40',
    displayName: 'Temporary Pass',
    isTempPass: true,
    temporaryAccess: { durationSeconds: 600 },
  },
  {
    id: 'TempPass_Promotion',
    displayName: 'Promotional Pass',
    isTempPass: true,
    temporaryAccess: { durationSeconds: 86_400, resources: 3, identityKey: 'email' },
  },
];

/** Thirty that are invented, and Cablevision. */
export const defaultProviders: readonly MvpdOptions[] = [...everywhere, ...proxied, ...bound, ...temporary];
