import fc from 'fast-check';
import PcapNgParser from 'pcap-ng-parser';
import { expect, it } from 'vitest';
import { PcapngBuilder, concat } from './testing/capture-builder';
import { collect } from './testing/collect';

/*
 * An independent reader as oracle. It understands one section, enhanced packets, and interface descriptions
 * whose only option is a name: with none, or with any other, it throws. Fixtures keep to that.
 */

interface OraclePacket {
  readonly interfaceId: number;
  readonly ticks: bigint;
  readonly bytes: Uint8Array;
}

/** What pcap-ng-parser makes of `file`, fed in pieces of `piece` bytes behind its section header. */
async function oracle(file: Uint8Array, piece: number): Promise<OraclePacket[]> {
  const parser = new PcapNgParser();
  const packets: OraclePacket[] = [];
  parser.on('data', ({ interfaceId, timestampHigh, timestampLow, data }) => {
    const ticks = (BigInt(timestampHigh) << 32n) | BigInt(timestampLow);
    packets.push({ interfaceId, ticks, bytes: Uint8Array.from(data) });
  });
  await new Promise<void>((resolve, reject) => {
    parser.on('close', resolve);
    parser.on('error', reject);
    parser.write(file.subarray(0, 64));
    for (let at = 64; at < file.length; at += piece) parser.write(file.subarray(at, at + piece));
    parser.end();
  });
  return packets;
}

const packet = fc.record({
  interfaceId: fc.nat(1),
  micros: fc.bigInt({ min: 0n, max: 4_000_000_000_000_000n }),
  bytes: fc.uint8Array({ maxLength: 90 }),
});

it('agrees with pcap-ng-parser on packets, times and interfaces', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(packet, { minLength: 1, maxLength: 30 }),
      fc.boolean(),
      fc.integer({ min: 9, max: 300 }),
      async (packets, isLittle, piece) => {
        const builder = new PcapngBuilder(isLittle);
        const name = new TextEncoder().encode('eth0');
        const file = concat(
          builder.section(),
          builder.interface(1, [[2, name]]),
          builder.interface(113, [[2, name]]),
          ...packets.map(({ interfaceId, micros, bytes }) => builder.packet(bytes, micros, interfaceId)),
        );
        const theirs = await oracle(file, piece);
        const { frames, reader, codes } = collect(file);
        const first = reader.firstTimeNs ?? 0n;
        expect(codes).toEqual([]);
        expect(frames).toHaveLength(packets.length);
        expect(theirs).toHaveLength(packets.length);
        theirs.forEach(({ interfaceId, ticks, bytes }, i) => {
          expect(frames[i].interfaceIndex).toBe(interfaceId);
          expect(frames[i].bytes).toEqual(bytes);
          expect(frames[i].timeNs).toBe(Number(ticks * 1000n - first));
        });
      },
    ),
    { numRuns: 60 },
  );
});
