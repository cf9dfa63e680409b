import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CaptureAnalysis } from '#engine/analysis/pipeline/capture-analysis';
import { readExtents } from '#engine/bytes/extents';
import { CaptureBytes, MemorySpill } from '#engine/store/capture-bytes';
import { resolveFfmpeg } from '../../media/ffmpeg/resolve';
import { FileSource } from '../../workers/file-source';
import { nodeCipherSuite } from '../../workers/node-cipher-suite';
import { nodeContentDecoder } from '../../workers/node-content-decoder';
import { captureLoopback, freePort, missingForInterop, run, startNginx } from './loopback';

const missing = missingForInterop();
const ffmpeg = await resolveFfmpeg();
if (!ffmpeg.ok) missing.push('ffmpeg');
if (missing.length > 0) process.stderr.write(`interoperability is not tested, for want of ${missing.join(', ')}\n`);
const ffmpegPath = ffmpeg.ok ? ffmpeg.value.path : '';

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function analyse(path: string, keyLog?: Uint8Array) {
  const source = new FileSource(path);
  const spill = new MemorySpill();
  const keyLogs = keyLog ? [{ bytes: keyLog, origin: 'key-log' as const }] : [];
  const options = { ciphers: nodeCipherSuite, contentDecoder: nodeContentDecoder, spill, keyLogs };
  const opened = CaptureAnalysis.open(source, options);
  if (!opened.ok) throw new Error(opened.error.message);
  while (opened.value.ingest(() => false));
  opened.value.finish();
  return { analysis: opened.value, bytes: new CaptureBytes(source, spill) };
}

describe.skipIf(missing.length > 0)('captures of other programs at work', () => {
  let folder = '';
  let nginx: { stop(): Promise<void> } | null = null;
  const ports = { rtmp: 0, http: 0, https: 0 };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tapdeck-interop-'));
    ports.rtmp = await freePort();
    ports.http = await freePort();
    ports.https = await freePort();
    nginx = await startNginx(folder, ports);
  }, 60_000);
  afterAll(async () => {
    await nginx?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('RTMP that ffmpeg publishes to nginx', async () => {
    const film = join(folder, 'film.flv');
    const sources = ['-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=25', '-f', 'lavfi', '-i', 'sine=frequency=440'];
    const coded = ['-t', '3', '-c:v', 'libx264', '-g', '25', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-f', 'flv'];
    await run(ffmpegPath, ['-v', 'error', ...sources, ...coded, film]);
    const path = join(folder, 'rtmp.pcapng');
    const capture = await captureLoopback(path, ports.rtmp, ports.http);
    const url = `rtmp://127.0.0.1:${ports.rtmp}/live/film`;
    await run(ffmpegPath, ['-v', 'error', '-re', '-i', film, '-c', 'copy', '-f', 'flv', url]);
    await capture.stop();
    const { analysis } = analyse(path);
    const [session] = analysis.document().sessions.filter(({ kind }) => kind === 'rtmp');
    expect(session).toMatchObject({ url, missingBytes: 0 });
    const [video, audio] = analysis.samples(session.id)?.tracks ?? [];
    expect(video).toMatchObject({ codec: 'H264', count: 75, width: 320, height: 240 });
    expect(audio.codec).toBe('AAC');
    expect([...video.isDamaged].some((flag) => flag === 1)).toBe(false);
  }, 60_000);

  it.each(['1.2', '1.3'])(
    'HTTPS by TLS %s that curl fetches with a key log',
    async (version) => {
      const content = randomBytes(300_000);
      writeFileSync(join(folder, 'www/object.bin'), content);
      const path = join(folder, `https-${version}.pcapng`);
      const keyLog = join(folder, `keys-${version}.txt`);
      const capture = await captureLoopback(path, ports.https, ports.http);
      const tls = [`--tlsv${version}`, '--tls-max', version, '--insecure'];
      const url = `https://127.0.0.1:${ports.https}/object.bin`;
      await run('curl', ['-sS', ...tls, '-o', '/dev/null', url], { SSLKEYLOGFILE: keyLog });
      await capture.stop();
      const { analysis, bytes } = analyse(path, readFileSync(keyLog));
      const [object] = analysis.document().objects.filter((row) => row.url.endsWith('/object.bin'));
      const file = analysis.file(object.id);
      expect(file && hash(readExtents(bytes, file.extents, 0, 1e9))).toBe(hash(content));
      const [session] = analysis.document().sessions.filter(({ kind }) => kind === 'tls');
      expect(session.state).toBe('decrypted');
    },
    60_000,
  );
});
