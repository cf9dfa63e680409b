import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { capturePath, hasCaptures, hasTshark, tsharkFields } from '../../../testing/oracles';
import { FileSource } from '../../../workers/file-source';
import { nodeCipherSuite } from '../../../workers/node-cipher-suite';
import { nodeContentDecoder } from '../../../workers/node-content-decoder';
import { readExtents } from '../../bytes/extents';
import { formatEndpoint } from '../../net/endpoint';
import { CaptureBytes, MemorySpill } from '../../store/capture-bytes';
import { CaptureAnalysis } from '../pipeline/capture-analysis';
import { insideOfCapture } from './testing/inside-of-capture';

/** The whole analysis of a capture, with the key logs beside it, and the bytes it kept. */
function analyseWith(name: string, ...keyLogs: readonly string[]) {
  const source = new FileSource(capturePath(name));
  const spill = new MemorySpill();
  const opened = CaptureAnalysis.open(source, {
    ciphers: nodeCipherSuite,
    contentDecoder: nodeContentDecoder,
    spill,
    keyLogs: keyLogs.map((each) => ({ bytes: readFileSync(capturePath(each)), origin: 'key-log' as const })),
  });
  if (!opened.ok) throw new Error(opened.error.message);
  const analysis = opened.value;
  while (analysis.ingest(() => false));
  analysis.finish();
  return { analysis, bytes: new CaptureBytes(source, spill) };
}

/** Bytes that tshark decrypts of a TCP stream: those that the first endpoint it names sent, and the others. */
function tsharkInside(path: string, stream: number, keyLog: string | null) {
  const keys = keyLog === null ? [] : ['-o', `tls.keylog_file:${keyLog}`];
  const { stdout } = spawnSync('tshark', ['-n', '-r', path, ...keys, '-q', '-z', `follow,tls,raw,${stream}`], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  const [, first = ''] = /^Node 0: (.*)$/m.exec(stdout) ?? [];
  const sides: [string[], string[]] = [[], []];
  for (const line of stdout.split('\n')) {
    if (/^\t?[0-9a-f]+$/.test(line)) sides[line.startsWith('\t') ? 1 : 0].push(line.trim());
  }
  return { first, sides };
}

function expectInOrder(whole: string, parts: readonly string[]): void {
  let at = 0;
  for (const part of parts) {
    const found = whole.indexOf(part, at);
    expect(found).toBeGreaterThanOrEqual(at);
    at = found + part.length;
  }
}

describe.skipIf(!hasCaptures)('TLS of real captures', { timeout: 60_000 }, () => {
  it('HLS over HTTPS: every object as over plain HTTP, byte for byte', () => {
    const { analysis, bytes } = analyseWith('live/hls/https_tls13.pcapng', 'live/hls/https_tls13.keylog.txt');
    const { expected } = JSON.parse(readFileSync(capturePath('live/hls/https_tls13.truth.json'), 'utf8')) as {
      expected: { objects: { url: string; bytes: number; sha256: string }[] };
    };
    const { objects, sessions } = analysis.document();
    const found = objects.map((row) => {
      const extents = analysis.file(row.id)?.extents;
      const content = extents ? readExtents(bytes, extents, 0, Number.POSITIVE_INFINITY) : new Uint8Array(0);
      return {
        url: row.url.replace(/.*\//, ''),
        bytes: row.bytes,
        sha256: createHash('sha256').update(content).digest('hex'),
      };
    });
    expect(found).toEqual(expected.objects);
    expect(sessions.find(({ kind }) => kind === 'tls')).toMatchObject({
      state: 'decrypted',
      details: {
        Version: 'TLS 1.3',
        'Cipher suite': 'TLS_AES_256_GCM_SHA384',
        ALPN: 'http/1.1',
        Certificate: 'hls.example.test',
        'Secrets from': 'key log',
        'Records failed': 0,
      },
    });
  });

  it('tells what is closed and why, without a key', () => {
    const { analysis } = analyseWith('live/hls/https_tls13.pcapng');
    expect(analysis.tlsSummary()).toEqual({
      keyLogSecrets: 0,
      captureSecrets: 0,
      connections: 1,
      decrypted: 0,
      closed: [{ state: 'no key', count: 1, explanation: expect.stringContaining('client random') as string }],
    });
    expect(analysis.document().diagnostics.map(({ code }) => code)).toContain('tls-no-key');
    expect(analysis.document().objects).toEqual([]);
  });

  it.each([
    ['fq-tls12-dsb.pcapng', 2],
    ['lbirchler-dsb-tls13.pcapng', 1],
    ['lbirchler-dsb-dump.pcapng', 32],
  ])('decrypts with secrets of the capture itself: %s', (name, least) => {
    const { analysis } = analyseWith(`public/tls-keylog/${name}`);
    const summary = analysis.tlsSummary();
    expect(summary.captureSecrets).toBeGreaterThan(0);
    expect(summary.decrypted).toBeGreaterThanOrEqual(least);
    // What is closed is so for its suite alone.
    for (const { state } of summary.closed) expect(state).toBe('unsupported');
    expect(analysis.document().diagnostics.map(({ code }) => code)).toContain('tls-capture-secrets');
    expect(analysis.lateKeyLogs()).toBeNull();
  });

  it.skipIf(!hasTshark).each([
    ['live/hls/https_tls13.pcapng', 'live/hls/https_tls13.keylog.txt', 1],
    ['live/rtmp/rtmps_443.pcapng', 'live/rtmp/rtmps_443.keylog.txt', 1],
    ['public/tls-keylog/lbirchler-tls13.pcapng', 'public/keys/lbirchler-tls3-keylog.txt', 1],
    // 70 connections with as many suites: a part of them, as tshark reads the file for each.
    ['public/tls-keylog/lbirchler-dump.pcapng', 'public/keys/lbirchler-tls2-premaster.txt', 6],
    ['public/tls-keylog/fq-tls12-dsb.pcapng', null, 1],
  ])('decrypts the same bytes as tshark: %s', { timeout: 60_000 }, (name, keyLog, every) => {
    const path = capturePath(name);
    const logPath = keyLog === null ? null : capturePath(keyLog);
    const { contents, endpoints, tracker } = insideOfCapture(path, ...(logPath ? [readFileSync(logPath)] : []));
    const streamOf = new Map(
      tsharkFields(path, ['tcp.stream', 'ip.src', 'tcp.srcport', 'tcp.dstport'], '-Y', 'tls.handshake.type == 1').map(
        ([stream, address, from, to]) => [`${address}:${from} ${to}`, Number(stream)],
      ),
    );
    let compared = 0;
    for (const [i, [flow, sides]] of [...contents].entries()) {
      if (i % every !== 0) continue;
      const { source, destination } = endpoints(flow);
      const [client, server] = streamOf.has(`${formatEndpoint(source)} ${destination.port}`)
        ? [source, destination]
        : [destination, source];
      const stream = streamOf.get(`${formatEndpoint(client)} ${server.port}`);
      expect(stream).toBeDefined();
      const { first, sides: theirs } = tsharkInside(path, stream ?? -1, logPath);
      for (const direction of [0, 1] as const) {
        const sender = formatEndpoint(direction === 0 ? source : destination);
        const mine = Buffer.from(sides[direction]).toString('hex');
        const other = theirs[sender === first ? 0 : 1];
        // It takes some records of RTMPS for broken HTTP and leaves those out.
        if (name.includes('rtmps')) expectInOrder(mine, other);
        else expect(mine === other.join(''), `${sender}: ${mine.length} digits`).toBe(true);
        compared += mine.length;
      }
    }
    expect(compared).toBeGreaterThan(500);
    expect(contents.size).toBe(tracker.summary().decrypted);
  });
});
