import { describe, expect, it } from 'vitest';
import { echoesOf, withoutEchoes } from '../../src/http/echoes.js';
import type { UpstreamFailure } from '../../src/http/failure.js';
import { canaries } from '../fuzz/canaries.js';

const secrets = ['living-room', Uint8Array.from([0xde, 0xad, 0xbe, 0xef, 0x01]), 'tv', ''];
const isEcho = echoesOf(secrets);

const failure = (said: object): UpstreamFailure => ({
  kind: 'refused',
  status: 400,
  adobe: { status: 400, ...said },
});

describe('what an answer repeats of its call', () => {
  it.each([
    'living-room',
    'no living-room here',
    'LIVING-ROOM',
    Buffer.from('living-room').toString('base64'),
    Buffer.from('living-room').toString('hex'),
    'deadbeef01',
    'DEADBEEF01',
    'trace-deadbeef01',
    'tv',
  ])('is found: %s', (text) => {
    expect(isEcho(text)).toBe(true);
  });

  it.each(['living', '', 'invalid_tv', 'deadbeef'])('is not found in %j', (text) => {
    expect(isEcho(text)).toBe(false);
  });

  it('is dropped from every field, and the others stay', () => {
    const said = { code: 'living-room', action: 'none', trace: 'deadbeef01' };
    const viewerMessage = { message: 'Hello living-room', details: 'Call us.' };
    expect(withoutEchoes({ ...failure(said), viewerMessage } as UpstreamFailure, isEcho)).toEqual({
      kind: 'refused',
      status: 400,
      adobe: { status: 400, action: 'none' },
      viewerMessage: { details: 'Call us.' },
    });
    expect(
      withoutEchoes({ ...failure({}), viewerMessage: { message: 'living-room' } } as UpstreamFailure, isEcho),
    ).toEqual(failure({}));
  });

  it('is not the only secret: a token or a software statement of others is no message either', () => {
    const { statement } = canaries;
    const viewerMessage = { message: `Refused: ${statement}`, details: 'Version 2.0.1 is no longer served.' };
    expect(withoutEchoes({ ...failure({}), viewerMessage } as UpstreamFailure, isEcho)).toEqual({
      ...failure({}),
      viewerMessage: { details: 'Version 2.0.1 is no longer served.' },
    });
  });

  it('is no code of Adobe’s, even if a device is called by it', () => {
    const said = { code: 'invalid_parameter_mvpd', trace: 'aa' };
    expect(withoutEchoes(failure(said), echoesOf(['invalid_parameter_mvpd']))).toEqual(failure(said));
  });

  it('concerns only what Adobe Pass said', () => {
    const lost: UpstreamFailure = {
      kind: 'unreachable',
      reason: 'connection',
      mayBeProcessed: true,
      message: 'lost',
    };
    expect(withoutEchoes(lost, isEcho)).toBe(lost);
  });
});
