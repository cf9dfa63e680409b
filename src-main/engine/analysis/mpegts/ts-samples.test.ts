import { describe, expect, it } from 'vitest';
import {
  adtsUnit,
  concatenate,
  h264Unit,
  pes,
  sampleStream,
  TsBuilder,
} from '../../containers/mpeg-ts/testing/ts-builder';
import { type TsPartSink, tsSamples } from './ts-samples';

const source = { id: 'ts', title: 'stream', isPaced: false };
const partOf =
  (bytes: Uint8Array, timeNs = 0) =>
  (sink: TsPartSink): void =>
    sink.push(bytes, 0, bytes.length, 1, timeNs, 0);

const program = () =>
  new TsBuilder().program(1, 0x1000, 256, [
    { pid: 256, streamType: 0x1b },
    { pid: 257, streamType: 0x0f },
  ]);

function rounded(times: Float64Array | undefined): number[] {
  return [...(times ?? [])].map((time) => Math.round(time * 1e6) / 1e6);
}

describe('samples of transport streams', () => {
  it('go on where time stamps wrap', () => {
    const builder = program();
    const wrap = 2 ** 33;
    for (let i = 0; i < 10; i += 1) {
      const pts = (wrap - 5 * 3600 + i * 3600) % wrap;
      builder.pes(256, pes(h264Unit(200, i, i === 0), { pts, isUnbounded: true }));
      builder.pes(257, pes(adtsUnit(100, i), { streamId: 0xc0, pts }));
    }
    const [video, audio] = tsSamples(source, [partOf(builder.bytes(), 3e9)])?.tracks ?? [];
    const expected = Array.from({ length: 10 }, (_, i) => Math.round((3 + 0.04 * i) * 1e6) / 1e6);
    expect(rounded(video.timeSeconds)).toEqual(expected);
    expect(rounded(audio.timeSeconds)).toEqual(expected);
  });

  it('have the times of their neighbours where they have none', () => {
    const builder = program();
    const unit = (i: number) => h264Unit(200, i, i === 0);
    builder.pes(256, pes(concatenate([unit(0), unit(1), unit(2)]), { pts: 9000, isUnbounded: true }));
    builder.pes(256, pes(unit(3), { pts: 9000 + 3 * 3600, isUnbounded: true }));
    builder.pes(257, pes(concatenate([adtsUnit(50, 0), adtsUnit(50, 1)]), { streamId: 0xc0, pts: 9000 }));
    const [video, audio] = tsSamples(source, [partOf(builder.bytes())])?.tracks ?? [];
    expect(rounded(video.timeSeconds)).toEqual([0, 0.04, 0.08, 0.12]);
    expect(rounded(audio.timeSeconds)).toEqual([0, Math.round((1024 / 48_000) * 1e6) / 1e6]);
  });

  it('of segments go on, although their counters and their time base begin anew', () => {
    const first = sampleStream(10);
    const second = sampleStream(10);
    const samples = tsSamples(source, [partOf(first.bytes), partOf(second.bytes)]);
    const [video] = samples?.tracks ?? [];
    expect(video.count).toBe(20);
    expect(video.isDamaged.includes(1)).toBe(false);
    expect(samples?.notes).toEqual([]);
    const later = program();
    for (let i = 0; i < 5; i += 1) later.pes(256, pes(h264Unit(200, i, i === 0), { pts: 80_000_000 + 3600 * i }));
    const jumping = tsSamples(source, [partOf(first.bytes), partOf(later.bytes())]);
    const times = jumping?.tracks[0].timeSeconds ?? new Float64Array(0);
    // It goes on where the first segment ended, within a picture or two, not 888 s later.
    expect(times[10] - times[9]).toBeGreaterThanOrEqual(0);
    expect(times[10] - times[9]).toBeLessThan(0.2);
    expect(jumping?.notes).toEqual(['The time base changed once: times go on as the packets came.']);
  });

  it('are those of one stream or program when that is asked for', () => {
    const { bytes } = sampleStream(5);
    expect(tsSamples(source, [partOf(bytes)], 'ts/pid-257')?.tracks.map(({ kind }) => kind)).toEqual(['audio']);
    expect(tsSamples(source, [partOf(bytes)], 'ts/program-1')?.tracks).toHaveLength(2);
    expect(tsSamples(source, [partOf(bytes)], 'ts/program-2')).toBeNull();
  });
});
