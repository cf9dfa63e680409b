import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat } from '../capture/testing/capture-builder';
import { flvFileHeaderBytes, writeFlvHeader, writeFlvTagHeader, writeFlvTrailer } from './flv';
import { FlvDemuxer } from './flv-demuxer';
import { flvPictureSize } from './flv-picture-size';
import { FlvMediaHeader, readAudioHeader, readVideoHeader } from './flv-tag';

interface MadeTag {
  readonly type: number;
  readonly timestampMs: number;
  readonly payload: Uint8Array;
}

function made({ type, timestampMs, payload }: MadeTag): Uint8Array {
  const bytes = new Uint8Array(payload.length + 15);
  writeFlvTagHeader(bytes, 0, type, payload.length, timestampMs);
  bytes.set(payload, 11);
  writeFlvTrailer(bytes, 11 + payload.length, payload.length);
  return bytes;
}

function file(tags: readonly MadeTag[]): Uint8Array {
  const header = new Uint8Array(flvFileHeaderBytes);
  writeFlvHeader(header, 0, true, true);
  return concat(header, ...tags.map(made));
}

const payload = (length: number, first: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i === 0 ? first : (i * 7 + length) & 0xff));
const tags: MadeTag[] = Array.from({ length: 20 }, (_, i) => ({
  type: i % 2 === 0 ? 9 : 8,
  timestampMs: i === 19 ? 0xfedcba98 : 20 * i,
  payload: payload(50 + 37 * i, i % 2 === 0 ? 0x27 : 0xaf),
}));

interface Piece {
  readonly bytes: Uint8Array;
  readonly gap?: number;
}

/** What comes of pieces given in portions of `step` bytes; a piece without bytes is a gap. */
function demux(pieces: readonly Piece[], step = Number.POSITIVE_INFINITY) {
  const heard: unknown[] = [];
  const losses: unknown[] = [];
  const demuxer = new FlvDemuxer({
    onTag: ({ type, timestampMs, length, extents, head, headLength, firstFrame, frame, isCut, lostBefore }) => {
      const pieces = Array.from({ length: extents.count }, (_, i) => [extents.address[i], extents.length[i]]);
      expect(extents.total).toBe(length);
      heard.push({
        type,
        timestampMs,
        length,
        pieces,
        head: [...head.subarray(0, headLength)],
        firstFrame,
        frame,
        isCut,
        lostBefore,
      });
    },
    onLoss: (lost, skipped) => losses.push({ lost, skipped }),
  });
  let address = 1000;
  pieces.forEach(({ bytes, gap = 0 }, frame) => {
    for (let at = 0; at < bytes.length; at += step) {
      const end = Math.min(bytes.length, at + step);
      demuxer.push(bytes, at, end, frame + 1, frame * 1000, address + at);
    }
    if (gap > 0) demuxer.gap(gap, frame + 1, frame * 1000);
    address += bytes.length + gap;
  });
  demuxer.end(0);
  return { heard: heard as { type: number; timestampMs: number; length: number; isCut: boolean }[], losses };
}

const brief = (list: readonly { type: number; timestampMs: number; length: number }[]) =>
  list.map(({ type, timestampMs, length }) => `${type} ${timestampMs} ${length}`);
const expected = tags.map(({ type, timestampMs, payload: { length } }) => `${type} ${timestampMs} ${length}`);

describe('FlvDemuxer', () => {
  it('reads what was written, and says where it lies', () => {
    const { heard, losses } = demux([{ bytes: file(tags) }]);
    expect(brief(heard)).toEqual(expected);
    expect(heard[0]).toMatchObject({ pieces: [[1000 + 13 + 11, 50]], head: [...tags[0].payload.subarray(0, 32)] });
    expect(losses).toEqual([]);
  });

  it('makes holes where bytes of a payload are lost, and goes on', () => {
    const bytes = file(tags);
    const { heard, losses } = demux([{ bytes: bytes.subarray(0, 30), gap: 20 }, { bytes: bytes.subarray(50) }]);
    expect(brief(heard)).toEqual(expected);
    expect(heard[0]).toMatchObject({
      pieces: [
        [1024, 6],
        [-1, 20],
        [1050, 24],
      ],
    });
    expect(losses).toEqual([]);
  });

  it('finds the next tag behind a loss of several, and in the middle of a file', () => {
    const bytes = file(tags);
    const gap = demux([{ bytes: bytes.subarray(0, 400), gap: 300 }, { bytes: bytes.subarray(700) }]);
    const whole = gap.heard.filter(({ isCut }) => !isCut);
    expect(whole.length).toBeGreaterThan(14);
    expect(expected.slice(-14)).toEqual(brief(whole).slice(-14));
    expect(gap.losses).toMatchObject([{ lost: expect.any(Number) }]);
    const entered = demux([{ bytes: bytes.subarray(100) }]);
    expect(brief(entered.heard)).toEqual(expected.slice(-entered.heard.length));
    expect(entered.heard.length).toBe(18);
    const atTag = demux([{ bytes: bytes.subarray(13) }]);
    expect(brief(atTag.heard)).toEqual(expected);
  });

  it('gives the same of any bytes, however they are split, and comes to an end', () => {
    const bytes = file(tags);
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((random) => ({ bytes: random })),
      fc
        .tuple(fc.nat(bytes.length), fc.nat(3000))
        .map(([from, length]) => ({ bytes: bytes.subarray(from, from + length) })),
      fc.integer({ min: 1, max: 4000 }).map((gap) => ({ bytes: new Uint8Array(0), gap })),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.integer({ min: 1, max: 500 }), (pieces, step) => {
        const whole = JSON.stringify(demux(pieces));
        expect(JSON.stringify(demux(pieces, 1))).toBe(whole);
        expect(JSON.stringify(demux(pieces, step))).toBe(whole);
      }),
      { numRuns: 300 },
    );
  });
});

const video = (...bytes: number[]) => {
  const header = new FlvMediaHeader();
  const isRead = readVideoHeader(Uint8Array.from(bytes), 0, bytes.length, header);
  return isRead ? header : null;
};
const audio = (...bytes: number[]) => {
  const header = new FlvMediaHeader();
  const isRead = readAudioHeader(Uint8Array.from(bytes), 0, bytes.length, header);
  return isRead ? header : null;
};
const cc = (text: string): number[] => Array.from(text, (c) => c.charCodeAt(0));

describe('headers of media', () => {
  it('knows H.264 and its composition time', () => {
    expect(video(0x17, 0, 0, 0, 0, 1)).toMatchObject({ codec: 'H264', packet: 'config', isKey: true, bodyStart: 5 });
    expect(video(0x27, 1, 0, 0, 40)).toMatchObject({ packet: 'frame', isKey: false, compositionMs: 40 });
    expect(video(0x27, 1, 0xff, 0xff, 0xd8)).toMatchObject({ compositionMs: -40 });
    expect(video(0x17, 2, 0, 0, 0)).toMatchObject({ packet: 'end' });
    expect(video(0x57, 0)).toMatchObject({ codec: 'H264', packet: 'other' });
    expect(video(0x27, 1, 0)).toBeNull();
  });

  it('knows the old video codecs', () => {
    expect(video(0x12, 1)).toMatchObject({ codec: 'FLV1', packet: 'frame', isKey: true, bodyStart: 1 });
    expect(video(0x24, 0, 1)).toMatchObject({ codec: 'VP6F', bodyStart: 2 });
    expect(video(0x25, 0, 1)).toMatchObject({ codec: 'VP6A' });
    expect(video(0x13, 1)).toMatchObject({ codec: 'SCREEN-VIDEO' });
    expect(video(0x1c, 1, 0, 0, 0)).toMatchObject({ codec: 'H265', bodyStart: 5 });
    expect(video(0x1f)).toBeNull();
  });

  it('knows Enhanced RTMP', () => {
    expect(video(0x90, ...cc('hvc1'), 1)).toMatchObject({ codec: 'H265', packet: 'config', isKey: true, bodyStart: 5 });
    expect(video(0xa1, ...cc('hvc1'), 0, 0, 80, 9)).toMatchObject({ packet: 'frame', compositionMs: 80, bodyStart: 8 });
    expect(video(0xa3, ...cc('hvc1'), 9)).toMatchObject({ packet: 'frame', compositionMs: 0, bodyStart: 5 });
    expect(video(0x91, ...cc('av01'), 9)).toMatchObject({ codec: 'AV1', compositionMs: 0, bodyStart: 5, isKey: true });
    expect(video(0x91, ...cc('vp09'), 9)).toMatchObject({ codec: 'VP9' });
    expect(video(0x94, ...cc('av01'), 2)).toMatchObject({ packet: 'other' });
    expect(video(0x92, ...cc('avc1'))).toMatchObject({ codec: 'H264', packet: 'end' });
    expect(video(0x91, ...cc('xyz1'), 0)).toMatchObject({ codec: 'xyz1', packet: 'frame' });
    // One track (2), and several (named).
    expect(video(0xa6, 0x01, ...cc('avc1'), 2, 0, 0, 5, 9)).toMatchObject({
      trackId: 2,
      compositionMs: 5,
      isMultitrack: false,
      bodyStart: 10,
    });
    expect(video(0xa6, 0x11, ...cc('avc1'), 0, 0, 0, 9)).toMatchObject({ isMultitrack: true, codec: 'H264' });
    expect(video(0xa6, 0x21, ...cc('avc1'))).toMatchObject({ isMultitrack: true });
    // A timestamp in nanoseconds before the packet.
    expect(video(0xa7, 2, 1, 2, 3, 0x01, ...cc('hvc1'), 0, 0, 7)).toMatchObject({ compositionMs: 7, bodyStart: 13 });
    expect(audio(0x90, ...cc('mp4a'), 0x12, 0x10)).toMatchObject({ codec: 'AAC', packet: 'config', bodyStart: 5 });
    expect(audio(0x91, ...cc('Opus'), 1)).toMatchObject({ codec: 'OPUS', packet: 'frame' });
    expect(audio(0x91, ...cc('ac-3'), 1)).toMatchObject({ codec: 'AC3' });
    expect(audio(0x94, ...cc('Opus'), 1)).toMatchObject({ packet: 'other' });
    expect(audio(0x95, 0x01, ...cc('Opus'), 3, 1)).toMatchObject({ trackId: 3, packet: 'frame' });
  });

  it('knows the old audio codecs with their rates', () => {
    expect(audio(0xaf, 0, 0x12)).toMatchObject({ codec: 'AAC', packet: 'config', bodyStart: 2 });
    expect(audio(0x2f, 1)).toMatchObject({ codec: 'MPA', sampleRateHz: 44_100, channels: 2, bodyStart: 1 });
    expect(audio(0xe2, 1)).toMatchObject({ codec: 'MPA', sampleRateHz: 8000 });
    expect(audio(0xb6, 1)).toMatchObject({ codec: 'SPEEX', sampleRateHz: 16_000, channels: 1 });
    expect(audio(0x52, 1)).toMatchObject({ codec: 'NELLYMOSER', sampleRateHz: 8000 });
    expect(audio(0x82, 1)).toMatchObject({ codec: 'PCMU', sampleRateHz: 8000, channels: 1 });
    expect(audio(0x72, 1)).toMatchObject({ codec: 'PCMA' });
    expect(audio(0x3e, 1)).toMatchObject({ codec: 'PCM-S16LE', sampleRateHz: 44_100 });
    expect(audio(0x30, 1)).toMatchObject({ codec: 'PCM-U8', sampleRateHz: 5512 });
    expect(audio(0xc0)).toBeNull();
  });

  it('reads the size of pictures where their first bytes have it', () => {
    const size = (codec: string, bytes: number[], adjustment = 0) =>
      flvPictureSize(codec, Uint8Array.from(bytes), 0, bytes.length, adjustment);
    // Start code, version and number of the picture, then a code for its size.
    expect(size('FLV1', [0, 0, 0x84, 0x02, 0x80])).toEqual({ width: 320, height: 240 });
    expect(size('FLV1', [0, 0, 0x84, 0x00, 0x32, 0x19, 0x00])).toEqual({ width: 100, height: 50 });
    expect(size('FLV1', [0, 0, 0x84])).toBeNull();
    expect(size('SCREEN-VIDEO', [0x32, 0x80, 0x31, 0xe0])).toEqual({ width: 640, height: 480 });
    expect(size('VP6F', [0x3c, 0x46, 15, 20, 15, 20], 0x28)).toEqual({ width: 318, height: 232 });
    expect(size('VP6F', [0x3d, 0x46, 0, 9, 15, 20])).toEqual({ width: 320, height: 240 });
    expect(size('VP6A', [0, 1, 0, 0x3c, 0x46, 15, 20])).toEqual({ width: 320, height: 240 });
    expect(size('VP6F', [0xbc, 0x46, 15, 20])).toBeNull();
    expect(size('H264', [0, 0, 0, 1])).toBeNull();
  });

  it('reads any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const header = new FlvMediaHeader();
        for (const read of [readVideoHeader, readAudioHeader]) {
          if (read(bytes, 0, bytes.length, header))
            flvPictureSize(header.codec, bytes, header.bodyStart, bytes.length, 0);
          if (header.codec !== '') expect(header.bodyStart).toBeLessThanOrEqual(bytes.length + 1);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
