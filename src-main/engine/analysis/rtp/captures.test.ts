import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyse, capturePath } from '../../../testing/oracles';

const edge = capturePath('edge');
const live = capturePath('live/voip');

function readJson(path: string): Record<string, never> {
  return JSON.parse(readFileSync(path, 'utf8'));
}

describe.skipIf(!existsSync(edge))('edge cases', () => {
  const truths: Record<string, Record<string, number>> = existsSync(edge) ? readJson(join(edge, 'truth.json')) : {};
  it.each(Object.entries(truths))('%s', (file, truth) => {
    const analysis = analyse(join(edge, file));
    const streams = analysis.streams();
    expect(streams).toHaveLength(truth.streams ?? 1);
    const [row] = streams;
    const sizes = ['packets', 'expected', 'lost', 'duplicates', 'reordered', 'restarts', 'clockRateHz'] as const;
    for (const name of [...sizes, 'sequenceErrors'] as const) {
      if (truth[name] !== undefined) expect(row[name], name).toBe(truth[name]);
    }
    for (const name of ['meanJitterMs', 'clockDriftPpm'] as const) {
      if (truth[name] !== undefined) expect(row[name], name).toBeCloseTo(truth[name], 6);
    }
    if (truth.unique !== undefined) expect(row.packets - row.duplicates).toBe(truth.unique);
    if (truth.bandwidthMbit !== undefined) {
      const page = analysis.tables.page({ table: 'rtp-packets', scope: row.id, offset: row.packets - 1, limit: 1 });
      expect(Number(page?.rows[0].bandwidthKbps) / 1000).toBeCloseTo(truth.bandwidthMbit, 1);
    }
    if (truth.silenceSeconds !== undefined) {
      // 20 ms a packet, the rest is silence.
      expect((row.audio?.seconds ?? 0) - row.packets * 0.02).toBeCloseTo(truth.silenceSeconds, 6);
    }
  });
});

interface StreamTruth {
  readonly ssrc: string;
  readonly payload_types: readonly number[];
  readonly packets: number;
  readonly expected: number;
  readonly lost: number;
  readonly duplicates: number;
  readonly out_of_order: number;
}

/** Events played from other recordings jump in their numbers; the truth counts the jumps as losses, RFC 3550 as restarts. */
const numberedOtherwise = new Set(['sip_pcap_play_dtmf.truth.json']);

describe.skipIf(!existsSync(live))('recorded calls', () => {
  const files = existsSync(live) ? readdirSync(live).filter((name) => name.endsWith('.truth.json')) : [];
  it.each(files.filter((name) => !numberedOtherwise.has(name)))('%s', (name) => {
    const truth = readJson(join(live, name)) as unknown as {
      readonly capture: string;
      readonly expected?: { readonly rtp_streams?: Record<string, StreamTruth> | number; readonly dtmf?: string };
    };
    const rows = analyse(join(live, truth.capture)).streams();
    const expected = truth.expected?.rtp_streams;
    if (typeof expected === 'number') expect(rows).toHaveLength(expected);
    if (typeof expected !== 'object') return;
    for (const [key, stream] of Object.entries(expected)) {
      const row = rows.find((r) => `${bare(r.src)}->${bare(r.dst)}` === key.split(' ')[0] && r.ssrc === stream.ssrc);
      expect(row, key).toMatchObject({
        packets: stream.packets,
        expected: stream.expected,
        lost: stream.lost,
        duplicates: stream.duplicates,
        reordered: stream.out_of_order,
        restarts: 0,
      });
      expect(new Set(row?.payloadTypes)).toEqual(new Set(stream.payload_types));
    }
    if (truth.expected?.dtmf) expect(rows.map((row) => row.dtmf).join('')).toBe(truth.expected.dtmf);
  });
});

function bare(endpoint: string): string {
  return endpoint.replace(/[[\]]/g, '');
}
