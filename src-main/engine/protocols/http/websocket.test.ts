import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Http1Protocol } from './http-protocol';
import { type Sent, transcribe } from './testing/transcript';

const http1 = (sent: readonly Sent[], piece?: (left: number) => number) =>
  transcribe((sink) => new Http1Protocol(sink), sent, piece);

const request: Sent = [
  0,
  'GET /live HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n',
];
const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n';

function frame(opcode: number, payload: string, { isFinal = true, mask = '', rsv1 = false } = {}): string {
  const { length } = payload;
  const masked = mask === '' ? 0 : 0x80;
  const lengths = length < 126 ? [masked | length] : [masked | 126, length >> 8, length & 255];
  const first = (isFinal ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode;
  const hidden = Array.from(payload, (letter, i) =>
    mask === '' ? letter : String.fromCharCode(letter.charCodeAt(0) ^ mask.charCodeAt(i & 3)),
  );
  return String.fromCharCode(first, ...lengths) + mask + hidden.join('');
}

describe('WebSocket', () => {
  const script: readonly Sent[] = [
    request,
    [1, switching + frame(2, 'FLV', { isFinal: false }) + frame(9, 'ping') + frame(0, ' goes on')],
    [0, frame(1, 'text is passed over', { mask: 'abcd' }) + frame(2, 'binary', { mask: 'wxyz' })],
    [1, frame(2, 'x'.repeat(300))],
    [1, frame(8, '')],
  ];

  it('hands on what binary messages carry, unmasked and put together', () => {
    const { inside, exchanges } = http1(script);
    expect(inside).toEqual({ 'WebSocket 0': 'binary', 'WebSocket 1': `FLV goes on${'x'.repeat(300)}` });
    expect(exchanges).toMatchObject([{ request: 'GET /live', status: 101 }]);
  });

  it('does so however the bytes are split', () => {
    const whole = http1(script);
    expect(http1(script, () => 1)).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (lengths) => {
        let i = 0;
        expect(http1(script, () => lengths[i++ % lengths.length])).toEqual(whole);
      }),
    );
  });

  it('knows a hole within a frame, also of a masked one', () => {
    const masked = frame(2, '0123456789', { mask: 'abcd' });
    const { inside } = http1([request, [1, switching], [0, masked.slice(0, 9)], [0, 3], [0, masked.slice(12)]]);
    expect(inside['WebSocket 0']).toBe('012[3]6789');
  });

  it('says that it cannot go on where frames were lost, and that messages are compressed', () => {
    const lost = http1([request, [1, switching + frame(2, 'whole')], [1, 10], [1, 'anything']]);
    expect(lost.inside['WebSocket 1']).toBe('whole');
    expect(lost.codes).toEqual(['websocket-lost']);
    const compressed = http1([request, [1, switching + frame(2, 'deflated', { rsv1: true })]]);
    expect(compressed).toMatchObject({ inside: {}, codes: ['websocket-compressed'] });
  });
});
