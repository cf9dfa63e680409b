import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Frame } from '../capture/frame';
import { TestSink } from '../capture/testing/collect';
import { PacketDecoder } from '../link/packet-decoder';
import { snap, wlan } from '../link/testing/encapsulations';
import { PacketView } from './packet';
import { ipv4, udp } from './testing/packet-builder';

const moreFragments = 0x04;
const fromDs = 0x02;
const linkType80211 = 105;

interface Sent {
  readonly part: number;
  readonly sequence?: number;
  readonly timeNs?: number;
}

/** Decodes the parts of one packet in the order given; answers what came out of each frame. */
function decode(payload: Uint8Array, cuts: readonly number[], order: readonly Sent[]) {
  const whole = snap(ipv4(17, udp(5004, 6004, payload)));
  const edges = [0, ...cuts, whole.length];
  const sink = new TestSink();
  const decoder = new PacketDecoder(sink);
  const packet = new PacketView();
  const out = order.map(({ part, sequence = 5, timeNs = 0 }, i) => {
    const isLast = part === edges.length - 2;
    const body = whole.subarray(edges[part], edges[part + 1]);
    const flags = fromDs | (isLast ? 0 : moreFragments);
    const bytes = wlan(body, { flags, sequenceControl: (sequence << 4) | part });
    const frame = new Frame();
    Object.assign(frame, { number: i + 1, timeNs, linkType: linkType80211, bytes, start: 0, end: bytes.length });
    frame.wireLength = bytes.length;
    decoder.decode(frame, packet);
    const { isFragment, isReassembled, payloadEnd, payloadStart, sourcePort } = packet;
    const shown = packet.bytes.slice(payloadStart, payloadEnd);
    return { isFragment, isReassembled, sourcePort, payload: sourcePort < 0 ? null : shown };
  });
  return { out, codes: sink.codes };
}

const payload = Uint8Array.from({ length: 300 }, (_, i) => i & 0xff);

describe('802.11 fragments', () => {
  it('become one packet with the last of them', () => {
    const { out, codes } = decode(payload, [100, 200], [{ part: 0 }, { part: 1 }, { part: 2 }]);
    expect(out.map(({ isFragment, isReassembled }) => [isFragment, isReassembled])).toEqual([
      [true, false],
      [true, false],
      [false, true],
    ]);
    expect(out[2]).toMatchObject({ sourcePort: 5004, payload });
    expect(codes).toEqual([]);
  });

  it('may come twice, and out of order', () => {
    const { out } = decode(payload, [50, 90], [{ part: 2 }, { part: 0 }, { part: 0 }, { part: 1 }]);
    expect(out[3].payload).toEqual(payload);
  });

  it('of different units are not mixed', () => {
    const { out } = decode(
      payload,
      [100],
      [
        { part: 0, sequence: 5 },
        { part: 1, sequence: 6 },
      ],
    );
    expect(out[1].isFragment).toBe(true);
    expect(out[1].payload).toBeNull();
  });

  it('that wait too long are given up', () => {
    const late = 2e9;
    const { codes, out } = decode(payload, [100], [{ part: 0 }, { part: 1, timeNs: late }, { part: 0, timeNs: late }]);
    expect(codes).toEqual(['wlan-fragments-incomplete']);
    expect(out[2].payload).toEqual(payload);
  });

  it('give the same packet however it is cut', () => {
    const cut = fc.integer({ min: 1, max: 320 });
    fc.assert(
      fc.property(fc.uniqueArray(cut, { minLength: 1, maxLength: 15 }), (places) => {
        const cuts = [...places].sort((a, b) => a - b);
        const { out } = decode(
          payload,
          cuts,
          [...cuts, 0].map((_, part) => ({ part })),
        );
        expect(out[cuts.length].payload).toEqual(payload);
      }),
    );
  });
});
