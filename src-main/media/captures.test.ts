import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wav } from '#engine/containers/wav';
import { analyse, capturePath } from '../testing/oracles';
import { planRender, type RenderPlan, type RenderSource } from './lanes';
import { PayloadReader } from './payload-reader';
import { factsOf, renderBlocks } from './render';

/** Captures of real peers with what must be found in them; the tests pass without them. */
const collection = capturePath('live');

interface StreamTruth {
  readonly ssrc: string;
  readonly lost: number;
  readonly duplicates: number;
  readonly expected: number;
  readonly payload_sha256: string;
  /** MD5 of the decoded payload in order of sequence, without duplicates and without gaps. */
  readonly pcm_md5?: string;
  readonly decoded_pcm_md5?: string;
}

interface Truth {
  readonly capture: string;
  readonly expected: {
    readonly rtp_streams?: Record<string, StreamTruth>;
    readonly flow?: string;
    readonly rtp?: StreamTruth;
    readonly extracted?: { readonly pcm_md5: string };
  };
}

function readTruth(name: string): Truth['expected'] {
  return (JSON.parse(readFileSync(join(collection, `${name}.truth.json`), 'utf8')) as Truth).expected;
}

/** Streams of a capture with `source->destination` as their rows have them. */
function truthStreams(name: string): [string, StreamTruth][] {
  const { rtp_streams: streams = {}, flow, rtp, extracted } = readTruth(name);
  const listed = Object.entries(streams).map(([key, truth]): [string, StreamTruth] => [key.split(' ')[0], truth]);
  return flow && rtp ? [[flow, { ...rtp, ...extracted }]] : listed;
}

/** `2001:db8::1:20000` as the truth has it is `[2001:db8::1]:20000`. */
function endpoint(text: string): string {
  const colon = text.lastIndexOf(':');
  return text.indexOf(':') === colon ? text : `[${text.slice(0, colon)}]${text.slice(colon)}`;
}

async function withPlan<T>(
  path: string,
  source: RenderSource,
  use: (plan: RenderPlan, reader: PayloadReader) => Promise<T>,
): Promise<T> {
  const reader = PayloadReader.open(path, 0);
  try {
    return await use(planRender(source, reader), reader);
  } finally {
    reader.close();
  }
}

/** MD5 of samples as little endian bytes (all that is rendered; what packets hold alone), SHA-256 of the payloads. */
async function digests(plan: RenderPlan, reader: PayloadReader, isLeftOnly: boolean) {
  const bytes = new Uint8Array(1 << 20);
  const rendered = createHash('md5');
  await renderBlocks(plan, reader, async (block) => {
    const heard = isLeftOnly ? block.filter((_, i) => i % plan.channels === 0) : block;
    rendered.update(bytes.subarray(0, wav.encode(heard, bytes)));
  });
  const packets = createHash('md5');
  const payload = createHash('sha256');
  const samples = new Int16Array(1 << 16);
  for (const { placements } of plan.lanes) {
    for (const { count, packet, piece, stream, uses } of placements) {
      for (let i = 0; i < count; i += 1) {
        const sound = uses.get(stream.payloadType[packet[i]])?.sound;
        if (!sound) throw new Error('a placed packet has a sound');
        const bare = reader.read(stream, packet[i]);
        payload.update(bare);
        sound.read(piece[i], reader, samples);
        const decoded = sound.samples(piece[i]) * sound.channels;
        packets.update(bytes.subarray(0, wav.encode(samples.subarray(0, decoded), bytes)));
      }
    }
  }
  return { rendered: rendered.digest('hex'), packets: packets.digest('hex'), payload: payload.digest('hex') };
}

const voip = [
  'pcmu',
  'pcma_port6089',
  'tcp',
  'ipv6',
  'encap_vlan',
  'encap_sll2',
  'encap_rawip',
  'loss5',
  'reorder_dup',
];
const others = ['jitter', 'hold_resume', 'auth_register', 'early_media'];
const captures = [
  ...[...voip, ...others].map((name) => `voip/sip_${name}`),
  ...['pcmu_tcp', 'l16', 'dtmf', 'hold'].map((name) => `voip/baresip_${name}`),
  'voip/rtp_only_no_sip',
  ...['pcmu_seq_ts_wrap', 'pcmu_ext_csrc_padding', 'l16_44100_stereo_pt10'].map((n) => `codecs/${n}`),
].filter((name) => existsSync(join(collection, `${name}.pcapng`)));

describe.skipIf(captures.length === 0)('audio of real captures', () => {
  it.each(captures)('%s', async (name) => {
    const path = join(collection, `${name}.pcapng`);
    const analysis = analyse(path);
    const streams = truthStreams(name);
    expect(streams.length).toBeGreaterThan(0);
    for (const [key, truth] of streams) {
      const [src, dst] = key.split('->').map(endpoint);
      const row = analysis.streams().find((r) => r.src === src && r.dst === dst && r.ssrc === truth.ssrc);
      const index = row && analysis.media.indexes(row.id);
      if (!row || !index) throw new Error(`${key} was not found`);
      // The truth of the stereo capture is a mix of its two equal channels: that is what a lane of a call has.
      const isMixed = name.includes('stereo');
      const inCall = index.streams.map((stream) => ({ ...stream, direction: 'a-to-b' as const }));
      const source = isMixed ? { kind: 'call' as const, streams: inCall } : index;
      await withPlan(path, source, async (plan, reader) => {
        const found = await digests(plan, reader, isMixed);
        const expectedMd5 = truth.pcm_md5 ?? truth.decoded_pcm_md5;
        expect(found.payload).toBe(truth.payload_sha256);
        if (!isMixed) expect(found.packets).toBe(expectedMd5);
        const facts = factsOf(plan);
        expect([facts.lostPackets, facts.duplicatePackets]).toEqual([truth.lost, truth.duplicates]);
        const hasGaps = truth.lost > 0 || name.includes('hold');
        if (!hasGaps) expect(found.rendered).toBe(expectedMd5);
        // Lost packets leave their time; on hold the sender's clock stands still and arrival tells the time.
        const ownSeconds = name.includes('codecs') ? facts.durationSeconds : row.durationSeconds;
        expect(Math.abs(facts.durationSeconds - ownSeconds)).toBeLessThan(name.includes('l16') ? 0.3 : 0.06);
      });
    }
  });
});

const truncated = 'voip/sip_snaplen96';
describe.skipIf(!existsSync(join(collection, `${truncated}.pcapng`)))('a capture that cut its packets short', () => {
  it('is not presented as complete audio', async () => {
    const path = join(collection, `${truncated}.pcapng`);
    const analysis = analyse(path);
    const rows = analysis.streams();
    expect(rows).toHaveLength(2);
    for (const { id } of rows) {
      const index = analysis.media.indexes(id);
      if (!index) throw new Error(`${id} has no index`);
      await withPlan(path, index, async (plan, reader) => {
        expect(factsOf(plan)).toMatchObject({ truncatedPackets: 600, samples: 96_000 });
        expect(plan.lanes[0].markers.markers().filter(({ kind }) => kind === 'truncated').length).toBeGreaterThan(0);
        const samples: number[] = [];
        await renderBlocks(plan, reader, async (block) => {
          samples.push(...block);
        });
        // 42 of 160 bytes were kept of each packet: what was cut off is silence.
        for (let at = 42; at < 160; at += 1) expect(samples[160 * 7 + at]).toBe(0);
      });
    }
  });
});
