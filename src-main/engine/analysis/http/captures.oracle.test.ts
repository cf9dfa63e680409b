import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { capturePath, capturesIn, hasCaptures, hasTshark, tsharkFields } from '../../../testing/oracles';
import { readExtents } from '../../bytes/extents';
import { analyseHttp, analyseWithout } from './testing/analyse-http';

interface ExpectedObject {
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
}

const truth = (name: string) => JSON.parse(readFileSync(capturePath(`live/${name}.truth.json`), 'utf8')).expected;

/** Objects of a capture by their address, with the hash of their bytes. */
function objectsOf(name: string) {
  const { analysis, bytes } = analyseHttp(capturePath(name));
  return analysis.document().objects.map((row) => {
    const file = analysis.file(row.id);
    if (!file) throw new Error(`${row.id} has no bytes`);
    const content = readExtents(bytes, file.extents, 0, Number.POSITIVE_INFINITY);
    return { ...row, sha256: createHash('sha256').update(content).digest('hex') };
  });
}

describe.skipIf(!hasCaptures)('objects of real captures', () => {
  it.each([
    ['hls/plain_keepalive_8088', 'objects'],
    ['hls/fmp4_cmaf', 'objects'],
    ['hls/gzip_chunked', 'objects_decoded'],
  ])('%s: every object, byte for byte', (name, list) => {
    const objects = objectsOf(`live/${name}.pcapng`);
    const expected: ExpectedObject[] = truth(name)[list];
    for (const { url, bytes, sha256 } of expected) {
      const found = objects.find((row) => row.url.endsWith(`/${url}`));
      expect(found, url).toMatchObject({ bytes, sha256, complete: true, missingBytes: 0 });
    }
    expect(objects.length).toBe(expected.length);
  });

  it('hls/live_reload_lossy and aes128: segments and the key, through loss and reordering', () => {
    const lossy = objectsOf('live/hls/live_reload_lossy.pcapng');
    for (const { url, bytes, sha256 } of truth('hls/live_reload_lossy').segments as ExpectedObject[]) {
      expect(lossy.find((row) => row.url.endsWith(`/${url}`))).toMatchObject({ bytes, sha256, complete: true });
    }
    const protectedOnes = objectsOf('live/hls/aes128.pcapng');
    const { segments, key_hex: key } = truth('hls/aes128');
    for (const { url, encrypted_sha256: sha256 } of segments) {
      expect(protectedOnes.find((row) => row.url.endsWith(`/${url}`))).toMatchObject({ sha256 });
    }
    const hashOfKey = createHash('sha256').update(Buffer.from(key, 'hex')).digest('hex');
    expect(protectedOnes.find((row) => row.url.endsWith('enc.key'))).toMatchObject({ bytes: 16, sha256: hashOfKey });
  });

  it('misc/http_mp4_ranges: ranges that were broken off and that overlap are one whole file', () => {
    const objects = objectsOf('live/misc/http_mp4_ranges.pcapng');
    const { file_bytes: bytes, file_sha256: sha256 } = truth('misc/http_mp4_ranges');
    expect(objects).toHaveLength(1);
    expect(objects[0]).toMatchObject({ bytes, sha256, missingBytes: 0, complete: true, detectedType: 'video/mp4' });
  });

  it.skipIf(!hasTshark)('HTTP/2 inside of TLS: the fields that tshark decrypts', () => {
    const path = capturePath('public/tls-keylog/lbirchler-dsb-tls13.pcapng');
    const fields = ['http2.request.full_uri', 'http2.headers.status', 'http2.headers.content_length'];
    const theirs = tsharkFields(path, fields, '-Y', 'http2.headers');
    const value = (column: number): string =>
      theirs
        .map((row) => row[column])
        .join('')
        .split(',')[0];
    const [row] = analyseHttp(path).analysis.tables.page({ table: 'exchanges', offset: 0, limit: 9 })?.rows ?? [];
    expect(row).toMatchObject({ version: 'HTTP/2', layers: 'TLS', url: value(0), status: Number(value(1)) });
    expect(row.bytes).toBe(Number(value(2)));
  });

  it.skipIf(!hasTshark)('a segment that is left out is exactly the hole of its object', () => {
    const path = capturePath('live/hls/plain_keepalive_8088.pcapng');
    const file = readFileSync(path);
    const whole = analyseHttp(path);
    const segments = tsharkFields(
      path,
      ['frame.number', 'tcp.len', 'tcp.payload'],
      '-Y',
      'tcp.srcport==8088 && tcp.len>0',
    );
    // A head that is lost takes its response with it.
    const bodies = segments.filter(([, , payload]) => !Buffer.from(payload, 'hex').includes('HTTP/1.1'));
    for (const [frame, length] of bodies.filter((_, i) => i % 23 === 0)) {
      const { analysis, bytes } = analyseWithout(file, Number(frame));
      const holed = analysis.document().objects.filter(({ missingBytes }) => missingBytes > 0);
      expect(holed.map(({ missingBytes }) => missingBytes)).toEqual([Number(length)]);
      const [row] = holed;
      const original = whole.analysis.document().objects.find(({ url }) => url === row.url);
      const [before, after] = [whole.analysis.file(original?.id ?? ''), analysis.file(row.id)];
      if (!before || !after) throw new Error('no bytes');
      const expected = readExtents(whole.bytes, before.extents, 0, row.bytes);
      let at = 0;
      for (let i = 0; i < after.extents.count; i += 1) {
        if (after.extents.address[i] < 0) expected.fill(0, at, at + after.extents.length[i]);
        at += after.extents.length[i];
      }
      expect(row.bytes).toBe(original?.bytes);
      expect(Buffer.compare(readExtents(bytes, after.extents, 0, row.bytes), expected)).toBe(0);
    }
  });

  /** Same objects, same bytes; ranges are joined here and one object each there. */
  it
    .skipIf(!hasTshark)
    .each([
      'live/hls/plain_keepalive_8088.pcapng',
      'live/hls/gzip_chunked.pcapng',
      'live/hls/live_reload_lossy.pcapng',
      'live/hls/aes128.pcapng',
      'live/misc/mixed_all_ethernet.pcapng',
      'live/camera/camera_lossy.pcapng',
      'live/camera/camera_mpjpeg_ffmpeg.pcapng',
      'public/mjpeg-http/fpcap-example-146jpegs.pcap',
      'public/mjpeg-http/tcpflow-jpegs.cap',
      'public/mjpeg-http/http-jpg-download.pcap',
      'public/hls-http/ndpi-zattoo-flv.pcap',
    ])('%s: the objects that tshark exports', (name) => {
    const ours = objectsOf(name).map(({ sha256 }) => sha256);
    expect(ours.sort()).toEqual(exportedByTshark(capturePath(name)).sort());
  });

  it.skipIf(!hasTshark).each(capturesIn('public', /(mjpeg-http|hls-http).*\.(pcap|cap|pcapng)$/))(
    '%s: every response that tshark sees',
    (name) => {
      const path = capturePath(name);
      const options = ['-o', 'tcp.reassemble_out_of_order:TRUE', '-Y', 'http.response'];
      const theirs = tsharkFields(path, ['http.response.code'], ...options).flatMap(([codes]) => codes.split(','));
      const { analysis } = analyseHttp(path);
      const rows = analysis.tables.page({ table: 'exchanges', offset: 0, limit: 1000 })?.rows ?? [];
      const ours = rows.filter(({ status }) => status !== null).map(({ status }) => String(status));
      // Of bodies that never came to their end tshark shows no response at all; interim ones have no row of their own.
      for (const code of theirs) if (code !== '100') expect(ours.splice(ours.indexOf(code), 1)).toEqual([code]);
    },
  );
});

/** Hashes of what `tshark --export-objects http` writes. */
function exportedByTshark(path: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'tapdeck-objects-'));
  try {
    const ports = ['-o', 'http.tcp.port:80,3128,8000,8080,8081,8088'];
    const options = ['-o', 'tcp.reassemble_out_of_order:TRUE', ...ports];
    spawnSync('tshark', ['-n', '-q', '-r', path, ...options, '--export-objects', `http,${folder}`]);
    return readdirSync(folder).map((name) =>
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
