import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { path as ffprobePath } from '@ffprobe-installer/ffprobe';
import { afterAll, describe, expect, it } from 'vitest';
import { au } from './au';
import type { PcmContainer, PcmFormat } from './pcm-container';
import { wav } from './wav';

const folder = mkdtempSync(join(tmpdir(), 'tapdeck-containers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(container: PcmContainer, format: PcmFormat, samples: Int16Array): Uint8Array {
  const header = container.header(format, samples.length / format.channels);
  const bytes = new Uint8Array(header.length + 2 * samples.length);
  bytes.set(header);
  expect(container.encode(samples, bytes.subarray(header.length))).toBe(2 * samples.length);
  return bytes;
}

function probe(container: PcmContainer, format: PcmFormat, seconds: number): unknown {
  const file = join(folder, `probe-${format.sampleRateHz}-${format.channels}.${container.extension}`);
  writeFileSync(file, write(container, format, new Int16Array(format.sampleRateHz * format.channels * seconds)));
  const args = [
    '-v',
    'error',
    '-of',
    'json',
    '-show_entries',
    'stream=codec_name,sample_rate,channels:format=duration',
  ];
  const found = JSON.parse(execFileSync(ffprobePath, [...args, file], { encoding: 'utf8' })) as {
    streams: unknown[];
    format: { duration: string };
  };
  return { ...(found.streams[0] as object), seconds: Number(found.format.duration) };
}

const ascii = (bytes: Uint8Array, start: number, end: number): string =>
  String.fromCharCode(...bytes.subarray(start, end));

describe('wav', () => {
  it('writes a header of 44 bytes and little endian samples', () => {
    const bytes = write(wav, { sampleRateHz: 8000, channels: 2 }, Int16Array.of(1, -2, 0x1234, -0x8000));
    const view = new DataView(bytes.buffer);
    expect([ascii(bytes, 0, 4), ascii(bytes, 8, 16), ascii(bytes, 36, 40)]).toEqual(['RIFF', 'WAVEfmt ', 'data']);
    expect(view.getUint32(4, true)).toBe(bytes.length - 8);
    expect(view.getUint32(28, true)).toBe(32_000);
    expect(view.getUint32(40, true)).toBe(8);
    expect([...bytes.subarray(44)]).toEqual([1, 0, 0xfe, 0xff, 0x34, 0x12, 0, 0x80]);
  });

  it.each([
    { sampleRateHz: 8000, channels: 1 },
    { sampleRateHz: 44_100, channels: 2 },
    { sampleRateHz: 48_000, channels: 3 },
  ])('is understood by ffprobe: $sampleRateHz Hz, $channels channels', (format) => {
    expect(probe(wav, format, 3)).toEqual({
      codec_name: 'pcm_s16le',
      sample_rate: String(format.sampleRateHz),
      channels: format.channels,
      seconds: 3,
    });
  });
});

describe('au', () => {
  it('writes a header of 24 bytes and big endian samples', () => {
    const bytes = write(au, { sampleRateHz: 8000, channels: 1 }, Int16Array.of(1, -2));
    expect(ascii(bytes, 0, 4)).toBe('.snd');
    expect([...bytes.subarray(4)]).toEqual([
      ...[0, 0, 0, 24, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0x1f, 0x40, 0, 0, 0, 1],
      ...[0, 1, 0xff, 0xfe],
    ]);
  });

  it.each([
    { sampleRateHz: 8000, channels: 1 },
    { sampleRateHz: 44_100, channels: 2 },
  ])('is understood by ffprobe: $sampleRateHz Hz, $channels channels', (format) => {
    expect(probe(au, format, 3)).toEqual({
      codec_name: 'pcm_s16be',
      sample_rate: String(format.sampleRateHz),
      channels: format.channels,
      seconds: 3,
    });
  });
});
