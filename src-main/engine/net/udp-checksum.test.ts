import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Frame } from '../capture/frame';
import { concat } from '../capture/testing/capture-builder';
import { TestSink } from '../capture/testing/collect';
import { PacketDecoder } from '../link/packet-decoder';
import { PacketView } from './packet';
import { ipv4, ipv6, udp } from './testing/packet-builder';
import { UdpChecksum, verifyUdpChecksum } from './udp-checksum';

/** One's complement sum of 16-bit words (RFC 1071), the plain way. */
function sumOf(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 1) sum += i % 2 === 0 ? bytes[i] * 256 : bytes[i];
  while (sum > 0xffff) sum = (sum % 0x1_0000) + Math.floor(sum / 0x1_0000);
  return sum;
}

interface Sample {
  readonly payload: Uint8Array;
  readonly isV6?: boolean;
  /** What stands in the field: the right sum, that of the pseudo header, or a number. */
  readonly checksum?: 'right' | 'pseudo' | number;
  /** What arrives in place of the payload. */
  readonly damaged?: Uint8Array;
  readonly cut?: number;
  /** Where the datagram lies in its window. */
  readonly offset?: number;
}

function verify({ payload, isV6 = false, checksum = 'right', cut = 0, damaged = payload, offset = 0 }: Sample): number {
  const bytes = (isV6 ? ipv6 : ipv4)(17, udp(5004, 6004, payload));
  const at = isV6 ? 40 : 20;
  const length = bytes.length - at;
  const pseudo = concat(bytes.subarray(isV6 ? 8 : 12, at), Uint8Array.of(0, 17, length >> 8, length & 255));
  const right = 0xffff - sumOf(concat(pseudo, bytes.subarray(at))) || 0xffff;
  const value = checksum === 'right' ? right : checksum === 'pseudo' ? sumOf(pseudo) : checksum;
  bytes.set([value >> 8, value & 255], at + 6);
  bytes.set(damaged, at + 8);
  const frame = new Frame();
  const packet = new PacketView();
  const window = concat(new Uint8Array(offset).fill(0xaa), bytes, new Uint8Array(9).fill(0xbb));
  Object.assign(frame, { bytes: window, start: offset, end: offset + bytes.length - cut, linkType: 101 });
  frame.wireLength = bytes.length;
  new PacketDecoder(new TestSink()).decode(frame, packet);
  return verifyUdpChecksum(packet);
}

describe('verifyUdpChecksum', () => {
  it('agrees with the plain sum at any alignment and length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(7), fc.boolean(), (payload, offset, isV6) => {
        expect(verify({ payload, offset, isV6 })).toBe(UdpChecksum.right);
      }),
      { numRuns: 2000 },
    );
  });

  it('finds any changed byte', () => {
    const payload = Uint8Array.from({ length: 33 }, (_, i) => i * 7);
    for (let i = 0; i < payload.length; i += 1) {
      const changed = payload.slice();
      changed[i] ^= 0x10;
      expect(verify({ payload, damaged: changed })).toBe(UdpChecksum.wrong);
    }
  });

  it('knows sums left to the network card, none at all, and those it cannot verify', () => {
    const payload = Uint8Array.of(1, 2, 3);
    expect(verify({ payload, checksum: 'pseudo' })).toBe(UdpChecksum.offloaded);
    expect(verify({ payload, isV6: true, checksum: 'pseudo' })).toBe(UdpChecksum.offloaded);
    expect(verify({ payload, checksum: 0 })).toBe(UdpChecksum.right);
    expect(verify({ payload, isV6: true, checksum: 0 })).toBe(UdpChecksum.missing);
    expect(verify({ payload, cut: 1 })).toBe(UdpChecksum.unknown);
  });
});
