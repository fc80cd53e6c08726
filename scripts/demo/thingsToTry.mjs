import { deviceOf } from './service.mjs';

const platformId = 'living-room-tv';
const post = "-X POST -H 'Content-Type: application/json'";

/** Commands for somebody who looks at it. @param {string} service @param {string} control of the simulator */
export function thingsToTry(service, control) {
  const signIn = JSON.stringify({
    deviceIdentifier: deviceOf(platformId),
    serviceProvider: 'REF30',
    mvpd: 'Cablevision',
  });
  const headers = `-H "Authorization: Bearer $TOKEN" -H 'X-Forwarded-For: 203.0.113.7'`;
  return `
Get a device token, then ask who is signed in; the first call registers the device:

  TOKEN=$(curl -s ${service}/api/device ${post} -d '{"platformId":"${platformId}"}' | sed 's/.*"deviceToken":"\\([^"]*\\)".*/\\1/')
  curl -s ${service}/api/me ${headers}
  curl -s ${service}/api/providers ${headers}

Sign a viewer in on that device, then ask again:

  curl -s ${control}/sign-in ${post} -d '${signIn}'

Take the device's token away, then ask again; see what reached Adobe Pass:

  curl -s ${control}/revocations ${post} -d '${JSON.stringify({ tokensOf: { device: deviceOf(platformId) } })}'
  curl -s ${control}/ledger
`;
}
