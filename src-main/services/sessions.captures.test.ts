import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Artifact, ExportFormat } from '#shared/model/artifact';
import { resolveFfmpeg } from '../media/ffmpeg/resolve';
import { decodedHashes, decodedTimes, madeByFfmpeg, probed } from '../media/testing/sample-fixture';
import { capturePath, hasCaptures } from '../testing/oracles';
import type { CaptureService } from './capture-service';
import { ExportService } from './export-service';
import { inProcessCaptures } from './testing/in-process-captures';
import { InProcessMediaWorker } from './testing/in-process-media-worker';

const folder = mkdtempSync(join(tmpdir(), 'tapdeck-sessions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ffmpeg = await resolveFfmpeg();
const ffmpegPath = ffmpeg.ok ? ffmpeg.value.path : '';

interface Opened {
  readonly captures: CaptureService;
  readonly captureId: string;
  export(id: string, format: ExportFormat): Promise<Artifact>;
}

let exportsMade = 0;

/** A capture read to its end, for the time that `use` takes. */
async function withCapture(name: string, use: (opened: Opened) => Promise<void>): Promise<void> {
  const captures = inProcessCaptures(folder);
  const service = new ExportService({ captures, createWorker: () => new InProcessMediaWorker(), tool: 'tapdeck' });
  try {
    const opened = await captures.open(capturePath(name));
    if (!opened.ok) throw new Error(opened.error.message);
    const { captureId } = opened.value;
    await captures.whenLoaded(captureId);
    await use({
      captures,
      captureId,
      async export(id, format) {
        const out = join(folder, String((exportsMade += 1)));
        const { artifacts, failures } = await service.exportAll(captureId, [id], format, out);
        if (!artifacts[0]) throw new Error(failures[0]?.error);
        return artifacts[0];
      },
    });
  } finally {
    await service.dispose();
    await captures.dispose();
  }
}

async function sessionsOf({ captures, captureId }: Opened, kind: string) {
  const page = await captures.page(captureId, { table: 'sessions', offset: 0, limit: 100 });
  return page.rows.filter((row) => row.kind === kind);
}

const md5OfLines = (lines: readonly string[]): string => createHash('md5').update(lines.join('\n')).digest('hex');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
/** How much later the sound begins. */
const offsetOf = (path: string): number => decodedTimes(path, 'a')[0] - decodedTimes(path)[0];
const truthOf = (name: string) => JSON.parse(readFileSync(capturePath(`${name}.truth.json`), 'utf8'));

describe.skipIf(!hasCaptures || !ffmpegPath)('sessions of real peers as files', { timeout: 120_000 }, () => {
  it.each([
    'live/camera/camera_getloop_8081',
    'live/camera/camera_lossy',
    'live/camera/camera_mpjpeg_ffmpeg',
    'live/camera/camera_multipart_8081',
    'live/camera/camera_chunked_progressive',
  ])('%s: every picture, each at its time', async (name) => {
    const { jpeg_sha256_in_order: sent } = truthOf(name).expected as { jpeg_sha256_in_order: string[] };
    await withCapture(`${name}.pcapng`, async (opened) => {
      const [session] = await sessionsOf(opened, 'camera');
      const pictures = await opened.export(session.id, 'jpg');
      const files = readdirSync(pictures.path).filter((file) => file.endsWith('.jpg'));
      expect(files.map((file) => sha256(readFileSync(join(pictures.path, file))))).toEqual(sent);
      expect(existsSync(join(pictures.path, 'damaged'))).toBe(false);
      const list = readFileSync(join(pictures.path, 'pictures.csv'), 'utf8').trimEnd().split('\r\n').slice(1);
      const times = list.map((line) => Number(line.split(',')[1]));

      const film = await opened.export(session.id, 'mp4');
      expect(film.frames).toBe(sent.length);
      const shown = decodedTimes(film.path);
      expect(shown.length).toBe(sent.length);
      expect(Math.max(...shown.map((seconds, i) => Math.abs(seconds - times[i])))).toBeLessThan(0.001);
      expect(probed(film.path).streams[0]).toMatchObject({ codec_name: 'h264', pix_fmt: 'yuv420p' });
      expect(Math.abs(Number(probed(film.path).format.duration) - (film.durationSeconds ?? 0))).toBeLessThan(0.02);

      const untouched = await opened.export(session.id, 'mkv');
      const jpegs = readFileSync(untouched.path);
      for (const file of files) expect(jpegs.includes(readFileSync(join(pictures.path, file)))).toBe(true);
      expect(decodedTimes(untouched.path).length).toBe(sent.length);
    });
  });

  it.each(['live/rtmp/play_1935_live_join', 'live/rtmp/play_loopback_1935', 'live/rtmp/vod_flv_1935'])(
    '%s: the pictures and sounds that the player got',
    async (name) => {
      const player = capturePath(`${name}.player.flv`);
      await withCapture(`${name}.pcapng`, async (opened) => {
        const [session] = await sessionsOf(opened, 'rtmp');
        const film = await opened.export(session.id, 'mp4');
        expect(decodedHashes(ffmpegPath, film.path)).toEqual(decodedHashes(ffmpegPath, player));
        const [own, theirs] = [film.path, player].map((path) => decodedHashes(ffmpegPath, path, 'a'));
        expect(own.slice(0, theirs.length - 2)).toEqual(theirs.slice(0, -2));
        expect(Math.abs(offsetOf(film.path) - offsetOf(player))).toBeLessThan(0.02);
        const flv = await opened.export(session.id, 'flv');
        expect(decodedHashes(ffmpegPath, flv.path)).toEqual(decodedHashes(ffmpegPath, player));
      });
    },
  );

  it.each([
    ['live/hls/plain_keepalive_8088', 'ts'],
    ['live/hls/gzip_chunked', 'ts'],
    ['live/hls/aes128', 'ts'],
    ['live/hls/fmp4_cmaf', 'mp4'],
  ])('%s: the segments as one film, and as they were sent', async (name, extension) => {
    const reference = capturePath(`${name}.reference.${extension}`);
    await withCapture(`${name}.pcapng`, async (opened) => {
      const [session] = await sessionsOf(opened, 'hls');
      const film = await opened.export(session.id, 'mp4');
      expect(decodedHashes(ffmpegPath, film.path)).toEqual(decodedHashes(ffmpegPath, reference));
      const sent = await opened.export(session.id, 'original');
      expect(sent.path.endsWith(`.${extension}`)).toBe(true);
      expect(decodedHashes(ffmpegPath, sent.path)).toEqual(decodedHashes(ffmpegPath, reference));
      expect(sent.provenance.packets.count).toBeGreaterThan(0);
      const copy = join(folder, `reference-${(exportsMade += 1)}.mkv`);
      madeByFfmpeg(ffmpegPath, copy, '-copyts', '-i', reference, '-c', 'copy');
      expect(Math.abs(offsetOf(film.path) - offsetOf(copy))).toBeLessThan(0.02);
    });
  });

  it('a download in ranges, byte for byte', async () => {
    const { expected } = truthOf('live/misc/http_mp4_ranges');
    await withCapture('live/misc/http_mp4_ranges.pcapng', async (opened) => {
      const [session] = await sessionsOf(opened, 'http-stream');
      const sent = await opened.export(session.id, 'original');
      expect(JSON.stringify(expected)).toContain(sent.sha256);
      const film = await opened.export(session.id, 'mp4');
      expect(decodedHashes(ffmpegPath, film.path)).toEqual(decodedHashes(ffmpegPath, sent.path));
      // The run-up of the encoder, which the file hides, is heard in the film: later sound tells of the distance.
      const later = decodedHashes(ffmpegPath, sent.path, 'a')[20];
      const [own, theirs] = [film.path, sent.path].map((path) => {
        const at = decodedHashes(ffmpegPath, path, 'a').indexOf(later);
        return decodedTimes(path, 'a')[at] - decodedTimes(path)[0];
      });
      expect(Math.abs(own - theirs)).toBeLessThan(0.002);
    });
  });

  it('a transport stream over UDP, as it was sent and as a film', async () => {
    const { expected } = truthOf('live/codecs/udp_ts_unicast');
    await withCapture('live/codecs/udp_ts_unicast.pcapng', async (opened) => {
      const [session] = await sessionsOf(opened, 'mpegts');
      const stream = await opened.export(session.id, 'ts');
      expect([stream.bytes, stream.sha256]).toEqual([expected.ts_bytes, expected.ts_sha256]);
      const film = await opened.export(session.id, 'mp4');
      const hashes = decodedHashes(ffmpegPath, film.path);
      expect([hashes.length, md5OfLines(hashes)]).toEqual([expected.frames, expected.framemd5_md5]);
      const copy = join(folder, 'stream.mkv');
      madeByFfmpeg(ffmpegPath, copy, '-copyts', '-i', stream.path, '-c', 'copy');
      expect(Math.abs(offsetOf(film.path) - offsetOf(copy))).toBeLessThan(0.02);
    });
  });
});
