import { describe, expect, it } from 'vitest';
import { Frame } from '../capture/frame';
import { concat } from '../capture/testing/capture-builder';
import { TestSink } from '../capture/testing/collect';
import { PacketDecoder } from '../link/packet-decoder';
import { PacketView } from '../net/packet';
import { ethernet, ipv4, ipv6, tcp, udp } from '../net/testing/packet-builder';
import { DuplicateDetector } from './duplicate-detector';
import { FlowTracker } from './flow-tracker';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Which of the frames are copies; `[frame, milliseconds]`. */
function copies(...frames: readonly (readonly [frame: Uint8Array, ms: number])[]): boolean[] {
  const decoder = new PacketDecoder(new TestSink());
  const flows = new FlowTracker();
  const detector = new DuplicateDetector();
  const frame = new Frame();
  const packet = new PacketView();
  const result = frames.map(([bytes, ms]) => {
    Object.assign(frame, { bytes, start: 0, end: bytes.length, wireLength: bytes.length, linkType: 1 });
    frame.number += 1;
    frame.timeNs = ms * 1e6;
    decoder.decode(frame, packet);
    detector.check(packet, flows.track(frame, packet), frame.timeNs);
    return packet.isDuplicate;
  });
  expect(detector.count).toBe(result.filter(Boolean).length);
  return result;
}

const rtp = (sequence: number): Uint8Array =>
  udp(5004, 6004, Uint8Array.of(0x80, 0, sequence >> 8, sequence & 255, 0, 0, 0, 1, 9, 9, 9, 9, 1, 2));

describe('DuplicateDetector', () => {
  it('knows a packet again whatever its link, its tags, its tunnels and its TTL', () => {
    const datagram = ipv4(17, rtp(1), { identification: 77 });
    const routed = datagram.slice();
    routed[8] = 63;
    expect(
      copies(
        [ethernet(0x0800, datagram), 0],
        [ethernet(0x0800, datagram), 0.01],
        [ethernet(0x0800, routed, [[0x8100, 5]]), 1],
        [ethernet(0x0800, ipv4(4, routed, { source: '203.0.113.1', identification: 5 })), 2],
      ),
    ).toEqual([false, true, true, true]);
  });

  it('tells packets apart by identification, checksum, payload, addresses and time', () => {
    const frame = (identification: number, payload: Uint8Array, source = '192.0.2.1') =>
      ethernet(0x0800, ipv4(17, payload, { identification, source }));
    const summed = rtp(1);
    summed[6] = 0x12;
    expect(
      copies(
        [frame(1, rtp(1)), 0],
        [frame(2, rtp(1)), 0],
        [frame(1, summed), 0],
        [frame(1, rtp(2)), 0],
        [frame(1, rtp(1), '192.0.2.9'), 0],
        [frame(1, rtp(1)), 11],
      ),
    ).toEqual([false, false, false, false, false, false]);
  });

  it('does not take messages of the same length for copies when nothing but their middle differs', () => {
    const sip = (id: string) =>
      ethernet(
        0x0800,
        ipv4(17, udp(5060, 5060, text(`OPTIONS sip:a SIP/2.0\r\nCall-ID: ${id}\r\n\r\n`)), { identification: 0 }),
      );
    expect(copies([sip('aaaa'), 0], [sip('bbbb'), 1], [sip('aaaa'), 2])).toEqual([false, false, true]);
  });

  it('looks at all of a datagram without checksum, and lets stuffing of transport streams be', () => {
    const ts = (pid: number, last: number) => {
      const packet = new Uint8Array(188);
      packet.set([0x47, pid >> 8, pid & 0xff, 0x10]);
      packet[187] = last;
      return ethernet(0x0800, ipv4(17, udp(5000, 1234, packet), { identification: 0 }));
    };
    expect(copies([ts(0x100, 1), 0], [ts(0x100, 2), 1], [ts(0x100, 1), 2])).toEqual([false, false, true]);
    expect(copies([ts(0x1fff, 1), 0], [ts(0x1fff, 1), 1])).toEqual([false, false]);
  });

  it('lets acknowledgments be where no identification tells them apart', () => {
    const acknowledgment = tcp(80, 4000, new Uint8Array(0), { acknowledgment: 7 });
    const v6 = ethernet(0x86dd, ipv6(6, acknowledgment));
    const v4 = ethernet(0x0800, ipv4(6, acknowledgment, { identification: 9 }));
    expect(copies([v6, 0], [v6, 1], [v4, 2], [v4, 3])).toEqual([false, false, false, true]);
    const data = ethernet(0x86dd, ipv6(6, tcp(80, 4000, text('hello there'))));
    expect(copies([data, 0], [data, 1])).toEqual([false, true]);
  });

  it('knows fragments again, those that complete a datagram too', () => {
    const whole = rtp(3);
    const part = (offset: number, hasMore: boolean) =>
      ethernet(0x0800, ipv4(17, whole.subarray(offset, hasMore ? 8 : undefined), { fragmentOffset: offset, hasMore }));
    const [first, last] = [part(0, true), part(8, false)];
    expect(copies([first, 0], [first, 0], [last, 1], [last, 1])).toEqual([false, true, false, true]);
  });

  it('judges nothing without IP', () => {
    const arp = ethernet(0x0806, concat(new Uint8Array(28)));
    expect(copies([arp, 0], [arp, 0])).toEqual([false, false]);
  });
});
