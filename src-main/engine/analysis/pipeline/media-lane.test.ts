import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type ByteSource, MemorySource } from '../../capture/byte-source';
import { buildPcap, concat, integers } from '../../capture/testing/capture-builder';
import { ethernet, ipv4, udp } from '../../net/testing/packet-builder';
import { capturePath, capturesIn, hasCaptures } from '../../../testing/oracles';
import { CaptureAnalysis } from './capture-analysis';
import { MediaLane } from './media-lane';

/** Everything that an analysis tells of packets, conversations and streams. */
function told(source: ByteSource): unknown {
  const opened = CaptureAnalysis.open(source);
  if (!opened.ok) return opened.error;
  const analysis = opened.value;
  while (analysis.ingest(() => false));
  analysis.finish();
  const page = (table: 'conversations.ethernet' | 'conversations.ipv4' | 'conversations.udp' | 'packets') =>
    analysis.tables.page({ table, offset: 0, limit: 10_000 });
  return {
    facts: analysis.facts(),
    document: analysis.document(),
    ethernet: page('conversations.ethernet'),
    ipv4: page('conversations.ipv4'),
    udp: page('conversations.udp'),
    packets: page('packets'),
    heat: analysis.streams().map(({ id }) => analysis.series(id, 20)),
  };
}

/** What both ways tell, and how many frames went the short one. */
function bothWays(create: () => ByteSource): { short: unknown; general: unknown; taken: number } {
  let taken = 0;
  const spy = vi.spyOn(MediaLane.prototype, 'take');
  try {
    const short = told(create());
    taken = spy.mock.results.filter(({ value }) => value === true).length;
    spy.mockReturnValue(false);
    return { short, general: told(create()), taken };
  } finally {
    spy.mockRestore();
  }
}

const deed = fc.record({
  stream: fc.nat(3),
  repeats: fc.constantFrom(1, 2, 30),
  /** Against the packet before it in the stream. */
  step: fc.constantFrom(1, 1, 1, 1, 2, 0, -1),
  ms: fc.constantFrom(0, 5, 20, 20, 21, 900),
  oddity: fc.constantFrom(
    ...([
      'none',
      'none',
      'none',
      'none',
      'tag',
      'two tags',
      'other host',
      'padding',
      'extension',
      'sources',
      'short',
    ] as const),
    ...(['event', 'rtcp', 'fragment', 'cut', 'long udp', 'short ip', 'trailer', 'text', 'checksum', 'marker'] as const),
  ),
});

function captureOf(deeds: readonly (typeof deed extends fc.Arbitrary<infer D> ? D : never)[]): Uint8Array {
  const records: Parameters<typeof buildPcap>[0][number][] = [];
  const sequences = [100, 65_530, 7, 7];
  let timeMs = 0;
  for (const { stream, repeats, step, ms, oddity } of deeds) {
    for (let i = 0; i < repeats; i += 1) {
      timeMs += ms;
      sequences[stream] += step;
      const sequence = sequences[stream] & 0xffff;
      const head = { none: 0x80, padding: 0xa0, extension: 0x90, sources: 0x81 }[oddity as 'none'] ?? 0x80;
      const type = oddity === 'rtcp' ? 72 : oddity === 'event' ? 101 : stream === 3 ? 96 : 0;
      const marker = oddity === 'marker' || oddity === 'rtcp' ? 0x80 : 0;
      const rtp = concat(
        integers(false, [1, head], [1, type | marker], [2, sequence], [4, (sequence * 160) >>> 0], [4, 77 + stream]),
        new Uint8Array(oddity === 'short' ? 2 : oddity === 'event' ? 4 : 160).fill(oddity === 'padding' ? 3 : sequence),
      );
      const datagram = udp(
        4000 + 2 * (stream % 3),
        5000,
        oddity === 'text' ? new TextEncoder().encode('NOTIFY it') : rtp,
      );
      if (oddity === 'long udp') datagram[5] += 9;
      if (oddity === 'checksum') datagram[6] ^= 0x55;
      const packet = ipv4(17, datagram, {
        source: oddity === 'other host' ? '192.0.2.9' : '192.0.2.1',
        identification: sequence,
        hasMore: oddity === 'fragment',
      });
      if (oddity === 'short ip') packet[3] -= 5;
      const tag = [0x8100, 7] as const;
      const tags = oddity === 'tag' ? [tag] : oddity === 'two tags' ? [tag, tag] : [];
      const frame = ethernet(0x0800, packet, tags);
      const bytes = oddity === 'trailer' ? concat(frame, new Uint8Array(6)) : frame;
      const kept = oddity === 'cut' ? bytes.subarray(0, 70) : bytes;
      records.push({
        bytes: kept,
        wireLength: bytes.length,
        timeNs: 1_700_000_000_000_000_000n + BigInt(timeMs) * 1_000_000n,
      });
    }
  }
  return buildPcap(records);
}

describe('MediaLane', () => {
  it('tells of generated captures what the general way tells', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.array(deed, { minLength: 1, maxLength: 40 }), (deeds) => {
        const bytes = captureOf(deeds);
        const ways = bothWays(() => new MemorySource(bytes));
        expect(ways.short).toEqual(ways.general);
        taken += ways.taken;
      }),
      { numRuns: 40 },
    );
    expect(taken).toBeGreaterThan(200);
  });

  it.skipIf(!hasCaptures)('tells of captured calls what the general way tells', () => {
    let taken = 0;
    for (const name of [
      ...capturesIn(
        'live/voip',
        /^(sip|baresip)_(?:encap_vlan|loss5|reorder_dup|dtmf|jitter|snaplen96|video_h264|ipfrag)/,
      ),
      ...capturesIn('public/rtp-only', /534late|rtpproxy-dups|ulaw-dtmf/),
    ]) {
      const bytes = readFileSync(capturePath(name));
      const ways = bothWays(() => new MemorySource(bytes));
      expect(ways.short).toEqual(ways.general);
      taken += ways.taken;
    }
    expect(taken).toBeGreaterThan(1000);
  });
});
