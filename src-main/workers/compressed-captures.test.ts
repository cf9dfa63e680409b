import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { buildPcap } from '#engine/capture/testing/capture-builder';
import type { DiagnosticRow } from '#shared/model/diagnostic';
import { PayloadReader } from '../media/payload-reader';
import { capturePath, hasCaptures } from '../testing/oracles';
import type { CaptureApi, CaptureEvents, WorkerProgress, WorkerSummary } from './capture-api';
import { createCaptureHandlers } from './capture-handlers';
import { compressionOf } from './compression';
import { FileSource } from './file-source';
import { GzipDecoder } from './gzip-decoder';
import { ZstdDecoder } from './zstd-decoder';
import { RpcClient } from './rpc/client';
import { serveRpc } from './rpc/server';
import { SpooledSource } from './spooled-source';
import { rawZstd, rawZstdBlock, rleZstd, skippableZstd } from './testing/zstd-builder';

const sample = readFileSync('assets/samples/call.pcapng');
const truth = JSON.parse(readFileSync('assets/samples/call.truth.json', 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'tapdeck-compressed-'));
const channels: MessageChannel[] = [];
let count = 0;

afterEach(() => {
  for (const channel of channels.splice(0)) channel.port1.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, `${++count}-${name}`);
  writeFileSync(path, bytes);
  return path;
}

interface Loading {
  readonly client: RpcClient<CaptureApi, CaptureEvents>;
  readonly ended: Promise<{ progress: WorkerProgress; summary: WorkerSummary }>;
  readonly spools: readonly string[];
}

async function open(paths: readonly string[], follows = false): Promise<Loading> {
  const channel = new MessageChannel();
  channels.push(channel);
  const { handlers, bind } = createCaptureHandlers();
  bind(serveRpc(channel.port1 as never, handlers));
  const client = new RpcClient<CaptureApi, CaptureEvents>(channel.port2 as never);
  let summary: WorkerSummary;
  client.on('summary', (facts) => (summary = facts));
  const ended = new Promise<{ progress: WorkerProgress; summary: WorkerSummary }>((resolve) => {
    client.on('progress', (progress) => progress.state !== 'loading' && resolve({ progress, summary }));
  });
  const files = paths.map((path) => ({
    path,
    name: path.slice(folder.length + 1),
    spoolPath: compressionOf(path) === null ? null : join(folder, `spool-${++count}`),
  }));
  await client.call('open', { files, follows });
  return { client, ended, spools: files.flatMap(({ spoolPath }) => spoolPath ?? []) };
}

async function load(...paths: readonly string[]) {
  const loading = await open(paths);
  const end = await loading.ended;
  const document = await loading.client.call('document', null);
  return {
    ...loading,
    ...end,
    document,
    codes: document.diagnostics.map((row: Omit<DiagnosticRow, 'id'>) => row.code),
  };
}

describe('compressed captures', () => {
  it.each([
    ['gzip', gzipSync(sample)],
    ['gzip in two members', Buffer.concat([gzipSync(sample.subarray(0, 999)), gzipSync(sample.subarray(999))])],
    ['gzip with garbage behind it', Buffer.concat([gzipSync(sample), Buffer.alloc(200_000, 0xee)])],
    ['zstd', rawZstd(sample)],
    ['zstd in two frames', Buffer.concat([rawZstd(sample.subarray(0, 999)), rawZstd(sample.subarray(999))])],
    ['zstd between what is to be skipped', Buffer.concat([skippableZstd(300), rawZstd(sample), skippableZstd(7)])],
  ])('%s: the same as what it holds', async (_name, bytes) => {
    const { client, document, progress, spools, summary } = await load(file('call', bytes));
    expect(document.conversations).toEqual(truth.conversations);
    expect(document.calls).toHaveLength(1);
    expect(progress).toMatchObject({ packets: truth.packets, bytesRead: bytes.length, bytesTotal: bytes.length });
    expect(summary).toMatchObject({ bytes: bytes.length, complete: true, format: 'pcapng' });
    expect(summary.compression).toMatch(/gzip|zstd/);
    // Readable by nobody else; media are read from it.
    if (process.platform !== 'win32') expect(statSync(spools[0]).mode & 0o777).toBe(0o600);
    const { capturePath: location, streams } = await client.call('mediaIndex', { sourceId: 'call-1' });
    const reader = PayloadReader.open(location, summary.bytes);
    const payload = Uint8Array.from(reader.read(streams[0], 3));
    reader.close();
    const at = streams[0].payloadOffset[3];
    expect(payload).toEqual(Uint8Array.from(sample.subarray(at, at + payload.length)));
  });

  it.each([
    ['gzip', gzipSync(sample)],
    ['zstd', rawZstd(sample)],
  ])('%s that breaks off: what came is analysed', async (_name, bytes) => {
    const { codes, progress, summary } = await load(file('cut', bytes.subarray(0, Math.floor(bytes.length / 2))));
    expect(progress.packets).toBeGreaterThan(300);
    expect(progress.packets).toBeLessThan(truth.packets);
    expect(summary).toMatchObject({ state: 'complete', complete: false });
    expect(codes).toContain('compressed-truncated');
  });

  it('tells of damage, and reads what came before it', async () => {
    const bytes = gzipSync(sample, { level: 0 });
    bytes.fill(0xff, 200_000, 200_200);
    const { codes, summary } = await load(file('damaged', bytes));
    expect(summary).toMatchObject({ complete: false });
    expect(codes).toContain('compressed-damaged');
    const frame = rawZstd(sample);
    // The header of the third block: a type that does not exist.
    frame[6 + 2 * (3 + rawZstdBlock)] |= 0x06;
    expect((await load(file('damaged', frame))).codes).toContain('compressed-damaged');
  });

  it.each([
    ['nothing useful', gzipSync(Buffer.from('no capture')), 'not-a-capture'],
    ['nothing at all', gzipSync(Buffer.alloc(0)), 'empty-file'],
    ['a header alone', gzipSync(sample).subarray(0, 10), 'compressed-truncated'],
    ['another compressed file', gzipSync(gzipSync(sample)), 'not-a-capture'],
    ['zstd that wants too much memory', Buffer.from('28b52ffd00b0000000000000', 'hex'), 'compressed-damaged'],
    ['zstd that needs a dictionary', Buffer.from('28b52ffd0158aabbccdd0000', 'hex'), 'compressed-damaged'],
  ])('says what is wrong with %s', async (_name, bytes, code) => {
    await expect(open([file('bad', bytes)])).rejects.toMatchObject({ failure: { code } });
  });

  const text = sample.subarray(0, 3000);
  it.each([
    ['zstd', ZstdDecoder, Buffer.concat([skippableZstd(9), rawZstd(text), rleZstd(0x41, 3, 500)])],
    ['gzip', GzipDecoder, Buffer.concat([namedGzip(text), gzipSync(Buffer.alloc(1500, 0x41)), Buffer.from('garbage')])],
  ])('makes the same of %s however it is cut into pieces', async (_name, Decoder, whole) => {
    const expected = Buffer.concat([text, Buffer.alloc(1500, 0x41)]);
    for (const size of [1, 2, 7, 64, 50_000]) {
      const out: Uint8Array[] = [];
      const decoder = new Decoder((bytes) => out.push(bytes.slice()));
      for (let at = 0; at < whole.length; at += size) await decoder.write(whole.subarray(at, at + size));
      await decoder.end();
      expect(Buffer.concat(out).equals(expected)).toBe(true);
    }
  });

  it.skipIf(!hasCaptures)('opens real ones like the originals', async () => {
    const plain = await load(capturePath('public/file-formats/fritzbox-ip.pcap'));
    const zstd = await load(capturePath('public/file-formats/fritzbox-ip.pcap.zst'));
    expect(zstd.document).toEqual(plain.document);
    const original = await load(capturePath('live/voip/sip_pcma_port6089.pcapng'));
    const gzipped = await load(capturePath('live/misc/gzipped.pcapng.gz'));
    expect(gzipped.progress.packets).toBe(1211);
    expect(gzipped.document).toEqual(original.document);
    expect((await load(capturePath('public/file-formats/pcapng-example.pcapng.zst'))).progress.packets).toBe(159);
    expect((await load(capturePath('public/file-formats/dns+icmp.pcapng.gz'))).progress.packets).toBe(33);
    expect((await load(capturePath('public/malformed/ebu-anc_truncated.pcap.gz'))).progress.packets).toBe(128);
  });
});

describe('bombs', () => {
  const limits = { ratio: 20, freeBytes: 1 << 20, reserveBytes: 0 };

  async function spool(bytes: Uint8Array, own: Partial<typeof limits> = {}): Promise<SpooledSource> {
    const path = file('bomb', bytes);
    const compression = compressionOf(path);
    if (compression === null) throw new Error('not compressed');
    const input = new FileSource(path);
    const source = new SpooledSource(input, compression, `${path}.spool`, () => undefined, { ...limits, ...own });
    while (source.isGrowing) await new Promise((resolve) => setTimeout(resolve, 5));
    source.close();
    input.close();
    expect(existsSync(source.path)).toBe(false);
    return source;
  }

  it.each([
    ['gzip', gzipSync(Buffer.alloc(64 << 20))],
    ['zstd', rleZstd(0, 400, 128 << 10)],
    ['gzip in thousands of members', Buffer.concat(Array.from({ length: 3000 }, () => gzipSync(Buffer.alloc(20_000))))],
  ])('%s: stopped with a message', async (_name, bytes) => {
    const source = await spool(bytes);
    expect(source.fault).toMatchObject({ severity: 'error', code: 'compressed-too-large' });
    expect(source.fault?.message).toMatch(/more than 20 times its size.*decompress it first/);
    expect(source.size).toBeLessThanOrEqual(limits.ratio * (bytes.length + (64 << 10)));
  });

  it('stops before the disk is full', async () => {
    const source = await spool(gzipSync(Buffer.alloc(8 << 20)), { ratio: 1e9, reserveBytes: Number.MAX_SAFE_INTEGER });
    // A twentieth of the disk is what stays free at most: only a disk that is nearly full stops it.
    expect([null, 'compressed-too-large']).toContain(source.fault?.code ?? null);
  });

  it('leaves small files alone, whatever their ratio', async () => {
    const source = await spool(gzipSync(Buffer.alloc(1 << 20)));
    expect([source.fault, source.size]).toEqual([null, 1 << 20]);
  });

  it('keeps what a capture gave before it was stopped', async () => {
    const head = buildPcap([{ bytes: new Uint8Array(60) }]);
    const bytes = Buffer.concat([gzipSync(head), gzipSync(Buffer.alloc(300 << 20))]);
    const { codes, progress, summary } = await load(file('bomb.pcap.gz', bytes));
    expect(progress.packets).toBeGreaterThan(0);
    expect(summary.complete).toBe(false);
    expect(codes).toContain('compressed-too-large');
  }, 60_000);

  it('survives arbitrary compressed bytes', async () => {
    let seed = 1;
    const random = (): number => (seed = (seed * 48_271) % 0x7fff_ffff);
    const good = [gzipSync(sample.subarray(0, 4000)), rawZstd(sample.subarray(0, 4000)), deflateRawSync(sample)];
    for (let round = 0; round < 60; round += 1) {
      const bytes = Buffer.from(good[round % 2]);
      for (let i = 0; i < 1 + (round % 9); i += 1) bytes[4 + (random() % (bytes.length - 4))] = random() & 0xff;
      const source = await spool(bytes);
      expect(source.size).toBeLessThan(4 << 20);
    }
  });
});

describe('several files', () => {
  const at = (ms: number): bigint => 1_700_000_000_000_000_000n + BigInt(ms) * 1_000_000n;
  const packets = (value: number, ...times: number[]) =>
    buildPcap(times.map((ms) => ({ bytes: new Uint8Array(60).fill(value), timeNs: at(ms) })));

  it('are one capture, merged by time, whatever their compression', async () => {
    // The sample in two halves, dealt out packet by packet, must give the same calls and streams.
    const blocks = splitPcapng(sample);
    const halves = [0, 1].map((half) =>
      Buffer.concat([blocks.head, ...blocks.packets.filter((_, i) => i % 2 === half)]),
    );
    const { document, progress, summary, client } = await load(
      file('a.pcapng', halves[0]),
      file('b.pcapng.gz', gzipSync(halves[1])),
    );
    expect(progress.packets).toBe(truth.packets);
    expect(document.conversations).toEqual(truth.conversations);
    const [stream] = document.streams;
    expect(stream).toMatchObject({ lost: truth.streams[0].lost, packets: truth.streams[0].packets });
    expect(summary).toMatchObject({ format: 'pcapng', complete: true });
    const { capturePath: location, streams } = await client.call('mediaIndex', { sourceId: 'call-1' });
    const reader = PayloadReader.open(location, 0);
    const hash = createHash('sha256');
    const expected = createHash('sha256');
    const alone = await load(file('call.pcapng', sample));
    const index = (await alone.client.call('mediaIndex', { sourceId: 'call-1' })).streams[0];
    for (let i = 0; i < streams[0].count; i += 1) {
      hash.update(reader.read(streams[0], i));
      expected.update(sample.subarray(index.payloadOffset[i], index.payloadOffset[i] + index.payloadLength[i]));
    }
    reader.close();
    expect(hash.digest('hex')).toBe(expected.digest('hex'));
  });

  it('names the file that is no capture', async () => {
    const bad = file('bad.txt', Buffer.from('hello there'));
    await expect(open([file('a.pcap', packets(1, 0)), bad])).rejects.toMatchObject({
      failure: { code: 'not-a-capture', where: expect.stringContaining('bad.txt') },
    });
  });
});

describe('a file that grows', () => {
  const record = (i: number): Buffer =>
    Buffer.from(buildPcap([{ bytes: new Uint8Array(60).fill(i), timeNs: BigInt(i) * 1_000_000n }]).subarray(24));

  async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
    for (let i = 0; i < 400 && !(await condition()); i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await condition()).toBe(true);
  }

  async function follow(path: string) {
    const loading = await open([path], true);
    let packetCount = 0;
    let isFollowing = false;
    loading.client.on('summary', ({ packets, following }) => {
      packetCount = packets;
      isFollowing = following;
    });
    return { ...loading, packets: () => packetCount, isFollowing: () => isFollowing };
  }

  it('is read as it grows, half a record at a time, until it is told to stop', async () => {
    const path = file('live.pcap', Buffer.concat([buildPcap([]), record(1)]));
    const { client, ended, isFollowing, packets } = await follow(path);
    await until(() => packets() === 1 && isFollowing());
    appendFileSync(path, record(2).subarray(0, 30));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(packets()).toBe(1);
    appendFileSync(path, record(2).subarray(30));
    await until(() => packets() === 2);
    appendFileSync(path, record(3));
    await client.call('stopFollowing', null);
    const { progress, summary } = await ended;
    expect(progress).toMatchObject({ state: 'complete', packets: 3, bytesTotal: 24 + 3 * 76, bytesRead: 24 + 3 * 76 });
    expect(summary).toMatchObject({ complete: true, following: false, bytes: 24 + 3 * 76 });
  });

  it.each([
    ['cut shorter', 'capture-file-shrank', (path: string) => truncateSync(path, 50)],
    [
      'replaced',
      'capture-file-replaced',
      (path: string) => {
        writeFileSync(`${path}.new`, buildPcap([]));
        renameSync(`${path}.new`, path);
      },
    ],
  ])('ends with a diagnostic when it is %s', async (_name, code, change) => {
    const path = file('live.pcap', Buffer.concat([buildPcap([]), record(1), record(2)]));
    const { client, ended, packets } = await follow(path);
    await until(() => packets() === 2);
    change(path);
    expect((await ended).progress).toMatchObject({ state: 'complete', packets: 2 });
    const { diagnostics } = await client.call('document', null);
    expect(diagnostics.map((row) => row.code)).toContain(code);
  });

  it('can be cancelled', async () => {
    const { client, ended, packets } = await follow(file('live.pcap', Buffer.concat([buildPcap([]), record(1)])));
    await until(() => packets() === 1);
    await client.call('cancel', null);
    expect((await ended).progress).toMatchObject({ state: 'cancelled', packets: 1 });
  });

  it('may be compressed', async () => {
    const bytes = gzipSync(Buffer.concat([buildPcap([]), ...Array.from({ length: 40_000 }, (_, i) => record(i))]));
    const path = file('live.pcap.gz', bytes.subarray(0, 400_000));
    const { client, ended, packets } = await follow(path);
    await until(() => packets() > 100);
    appendFileSync(path, bytes.subarray(400_000));
    await client.call('stopFollowing', null);
    expect((await ended).progress).toMatchObject({ state: 'complete', packets: 40_000 });
  });
});

/** With every optional part of the header: extra field, name, comment, checksum of the header. */
function namedGzip(bytes: Uint8Array): Buffer {
  const plain = gzipSync(bytes);
  const header = Buffer.from(plain.subarray(0, 10));
  header[3] = 2 | 4 | 8 | 16;
  return Buffer.concat([header, Buffer.from('\x03\0abcname\0comment\0\x12\x34', 'latin1'), plain.subarray(10)]);
}

/** Section header and interfaces of a pcapng file, and its packet blocks. */
function splitPcapng(bytes: Buffer): { head: Buffer; packets: Buffer[] } {
  const packets: Buffer[] = [];
  const head: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at + 4);
    (bytes.readUInt32LE(at) === 6 ? packets : head).push(bytes.subarray(at, at + length));
    at += length;
  }
  return { head: Buffer.concat(head), packets };
}
