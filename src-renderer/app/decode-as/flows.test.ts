import { describe, expect, it } from 'vitest';
import type { StreamRow } from '#shared/model/stream';
import { flowsOf, withRule } from './flows';

const conversation = (id: string, portA: number, portB: number) => ({
  ...{ id, addressA: '192.0.2.1', addressB: '2001:db8::1', portA, portB, packets: 10, protocol: null, reason: null },
});
const rule = (port: number, encodingName: string | null) => ({
  port,
  format: encodingName === null ? null : { encodingName, clockRateHz: null, channels: null },
});

describe('flows of Decode As', () => {
  it('have their streams of both directions, and name the port that is theirs alone', () => {
    const stream = { id: 's', src: '[2001:db8::1]:1306', dst: '192.0.2.1:6970' } as StreamRow;
    const [video, sound] = flowsOf([conversation('u1', 6970, 1306), conversation('u2', 6972, 1306)], [stream], []);
    expect(video).toMatchObject({ endA: '192.0.2.1:6970', endB: '[2001:db8::1]:1306', port: 6970, streams: [stream] });
    expect(sound).toMatchObject({ port: 6972, streams: [], rule: null });
  });

  it('know what was said of either port', () => {
    const said = rule(1306, 'H264');
    const [flow] = flowsOf([conversation('u1', 6970, 1306)], [], [said]);
    expect(flow).toMatchObject({ rule: said, port: 1306 });
  });

  it('have one rule a port', () => {
    const [a, b] = [rule(1, 'H264'), rule(2, null)];
    expect(withRule([a], null, b)).toEqual([a, b]);
    expect(withRule([a, b], a, rule(1, 'VP8'))).toEqual([b, rule(1, 'VP8')]);
    expect(withRule([a, b], a, null)).toEqual([b]);
  });
});
