import { describe, expect, it } from 'vitest';
import { packetColumns } from './media-index';
import type { PacketRows } from './packet-rows';
import { announcement, payload, Recording } from './testing/recording';

/** PCMU of 20 ms a packet; `order` lists the packet numbers as captured, one every 20 ms. */
function captured(order: readonly number[], ssrc = 1): Recording {
  const recording = new Recording();
  recording.engine.announce(announcement([payload(0, 'PCMU', 8000)]));
  order.forEach((n, i) => {
    const samples = new Uint8Array(160).fill(n & 0xff);
    recording.addRtp({ sequence: n, timestamp: 160 * n, ssrc, payload: samples }, 20 * i);
  });
  recording.finish();
  return recording;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

function rowsOf(rows: PacketRows | null) {
  return Array.from({ length: rows?.count ?? 0 }, (_, i) => (rows as PacketRows).row(i));
}

describe('packet rows', () => {
  it('repeat the figures of the stream, packet by packet', () => {
    const recording = captured([10, 11, 13, 12, 12, 16]);
    const rows = rowsOf(recording.engine.packetRows('rtp-1', recording));
    expect(rows.map((r) => r.status)).toEqual(['ok', 'ok', 'lost-before', 'reordered', 'duplicate', 'lost-before']);
    expect(rows.map((r) => r.lostBefore)).toEqual([0, 0, 1, 0, 0, 2]);
    expect(rows.map((r) => r.deltaMs)).toEqual([null, 20, 20, 20, 20, 20]);
    expect(rows.map((r) => r.skewMs)).toEqual([0, 0, 20, -20, null, 20]);
    expect(rows.map((r) => r.frame)).toEqual([1, 2, 3, 4, 5, 6]);
    const [stream] = recording.engine.rows();
    expect(Math.max(...rows.map((r) => r.jitterMs ?? 0))).toBeCloseTo(stream.maxJitterMs ?? -1, 9);
    expect(Math.max(...rows.map((r) => r.wiresharkJitterMs))).toBeCloseTo(stream.wireshark.maxJitterMs, 9);
  });

  it('mark the packet that turned out to begin a restart', () => {
    const recording = captured([...range(0, 5), ...range(40_000, 40_005)]);
    const rows = rowsOf(recording.engine.packetRows('rtp-1', recording));
    expect(rows.map((r) => r.status).indexOf('restart')).toBe(5);
    expect(rows.filter((r) => r.status === 'restart')).toHaveLength(1);
  });

  it('measure the bandwidth of the trailing second, whatever the packet rate', () => {
    const recording = new Recording();
    // 600 packets of 1000 bytes a second with 40 bytes of headers: 4.992 Mbit/s.
    for (let i = 0; i < 6000; i += 1) {
      const timestamp = 3000 * Math.floor(i / 20);
      recording.addRtp({ sequence: i, timestamp, payloadType: 31, payload: new Uint8Array(1000) }, (1000 * i) / 600);
    }
    recording.finish();
    const rows = rowsOf(recording.engine.packetRows('rtp-1', recording));
    expect(rows[5999].bandwidthKbps).toBeCloseTo(4992, 6);
    expect(rows[1200].bandwidthKbps).toBeCloseTo(4992, 6);
  });
});

describe('series', () => {
  it('sums what never came, in the bucket where the gap opened', () => {
    const recording = captured([...range(0, 100), ...range(103, 150), 101, ...range(150, 200)]);
    const series = recording.engine.series('rtp-1', 10, recording);
    expect(series?.lost).toHaveLength(10);
    expect([...(series?.lost ?? [])].reduce((a, b) => a + b)).toBe(2);
    expect(series?.lost[5]).toBe(2);
    expect(recording.engine.rows()[0].lost).toBe(2);
    expect(series?.timeSeconds[0]).toBeCloseTo((series?.bucketSeconds ?? 0) / 2, 9);
    const bits = [...(series?.bitrateKbps ?? [])].reduce((a, b) => a + b) * 1000 * (series?.bucketSeconds ?? 0);
    expect(bits).toBeCloseTo(198 * 8 * 200, 3);
  });

  it('has no more buckets than packets', () => {
    const recording = captured([1, 2, 3]);
    expect(recording.engine.series('rtp-1', 500, recording)?.timeSeconds).toHaveLength(3);
    expect(recording.engine.series('nothing', 5, recording)).toBeNull();
  });

  it('shows where the loss lies', () => {
    const lossy = captured([...range(0, 50), ...range(60, 100)]);
    const heat = lossy.engine.lossHeat('rtp-1', 3);
    expect(heat[0]).toBe(0);
    expect(heat[1]).toBeCloseTo(10 / 40, 1);
    expect(heat[2]).toBe(0);
    const clean = captured(range(0, 50));
    expect([...clean.engine.lossHeat('rtp-1', 4)]).toEqual([0, 0, 0, 0]);
  });
});

describe('media index', () => {
  it('says where each payload lies, with numbers that do not wrap', () => {
    const recording = captured(range(65_500, 65_600));
    const index = recording.engine.mediaIndex('rtp-1', recording);
    expect(index).toMatchObject({ streamId: 'rtp-1', kind: 'audio', count: 100 });
    expect(index?.bindings.map((b) => b.encodingName)).toEqual(['PCMU']);
    expect([...(index?.sequence ?? [])]).toEqual(range(65_500, 65_600));
    const timestamps = index?.timestamp ?? new Float64Array(0);
    for (let i = 1; i < 100; i += 1) expect(timestamps[i] - timestamps[i - 1]).toBe(160);
    // Captured with 28 bytes of headers below RTP's 12, each record after 16 bytes of its own.
    expect(index?.payloadOffset[0]).toBe(24 + 16 + 28 + 12);
    expect(index?.payloadOffset[1]).toBe(24 + 2 * 16 + 28 + 172 + 28 + 12);
    expect(new Set(index?.payloadLength)).toEqual(new Set([160]));
  });

  it('keeps payloads beside it that do not lie in the file in one piece', () => {
    const recording = captured(range(0, 3));
    const source = {
      forEachPacket: (flow: number, visit: Parameters<Recording['forEachPacket']>[1]) =>
        recording.forEachPacket(flow, (packet, frame, timeNs, offset) =>
          visit(packet, frame, timeNs, frame === 2 ? -1 : offset),
        ),
    };
    const index = recording.engine.mediaIndex('rtp-1', source);
    // The whole packet is kept: whoever sends or stores it again needs its header too.
    expect(index?.payloadOffset[1]).toBe(-1 - 12);
    expect(index?.side).toHaveLength(12 + 160);
    expect(index?.side.subarray(12)).toEqual(new Uint8Array(160).fill(1));
    const columns = index && packetColumns(index);
    expect([columns?.payloadOffset[1], columns?.payloadLength[1]]).toEqual([-1, 172]);
  });

  it('numbers the segments and leaves strays out', () => {
    const recording = captured([...range(0, 5), 20_000, ...range(5, 10), ...range(40_000, 40_003)]);
    const index = recording.engine.mediaIndex('rtp-1', recording);
    expect([...(index?.segment ?? [])]).toEqual([...new Array(10).fill(0), 1, 1, 1]);
    expect([...(index?.sequence ?? [])]).toEqual([...range(0, 10), ...range(40_000, 40_003)]);
    expect(recording.engine.rows()[0]).toMatchObject({ packets: 14, expected: 13, lost: 0, restarts: 1 });
  });

  it('leaves padding out', () => {
    const recording = new Recording();
    recording.engine.announce(announcement([payload(0, 'PCMU', 8000)]));
    const bytes = new Uint8Array(12 + 100 + 4);
    bytes.set([0xa0, 0, 0, 1]);
    bytes[115] = 4;
    recording.add(bytes, 0);
    expect(recording.engine.mediaIndex('rtp-1', recording)?.payloadLength[0]).toBe(100);
  });
});
