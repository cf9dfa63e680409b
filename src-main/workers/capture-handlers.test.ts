import { capturePath, hasCaptures } from '../testing/oracles';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { CallRow } from '#shared/model/call';
import type { StreamRow } from '#shared/model/stream';
import type { CaptureApi, CaptureEvents, WorkerProgress } from './capture-api';
import { createCaptureHandlers } from './capture-handlers';
import { RpcClient } from './rpc/client';
import { serveRpc } from './rpc/server';

const sample = 'assets/samples/call.pcapng';
const truth = JSON.parse(readFileSync('assets/samples/call.truth.json', 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'tapdeck-handlers-'));
const channels: MessageChannel[] = [];

afterEach(() => {
  for (const channel of channels.splice(0)) channel.port1.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

function connect() {
  const channel = new MessageChannel();
  channels.push(channel);
  const { handlers, bind } = createCaptureHandlers();
  bind(serveRpc(channel.port1 as never, handlers));
  const client = new RpcClient<CaptureApi, CaptureEvents>(channel.port2 as never);
  const ended = new Promise<WorkerProgress>((resolve) => {
    client.on('progress', (progress) => progress.state !== 'loading' && resolve(progress));
  });
  return { client, ended };
}

const fileAt = (path: string) => ({ files: [{ path, name: path, spoolPath: null }], follows: false });

async function load(path: string) {
  const { client, ended } = connect();
  await client.call('open', fileAt(path));
  return { client, progress: await ended };
}

const rowsOf = async <Row>(client: RpcClient<CaptureApi, CaptureEvents>, table: 'calls' | 'streams'): Promise<Row[]> =>
  (await client.call('page', { table, offset: 0, limit: 100 })).rows as unknown as Row[];

describe('capture worker', () => {
  it.skipIf(!hasCaptures)('tells the hash of every object that came whole', async () => {
    const name = 'live/hls/plain_keepalive_8088';
    const { client } = await load(capturePath(`${name}.pcapng`));
    const { objects } = await client.call('document', null);
    const { expected } = JSON.parse(readFileSync(capturePath(`${name}.truth.json`), 'utf8')) as {
      expected: { objects: { url: string; sha256: string }[] };
    };
    for (const { sha256, url } of expected.objects) {
      expect(objects.find((object) => object.url.endsWith(`/${url}`))?.sha256).toBe(sha256);
    }
  });

  it('finds the call of the sample, with its streams, losses and digits', async () => {
    const { client, progress } = await load(sample);
    expect(progress).toMatchObject({ state: 'complete', packets: truth.packets, bytesRead: truth.bytes });
    const [call, ...others] = await rowsOf<CallRow>(client, 'calls');
    expect(others).toEqual([]);
    const { callId, setupSeconds, durationSeconds, ...expected } = truth.calls[0];
    expect(call).toMatchObject({ ...expected, callIds: [callId] });
    expect(call.setupSeconds).toBeCloseTo(setupSeconds, 3);
    expect(call.durationSeconds).toBeCloseTo(durationSeconds, 3);
    const streams = await rowsOf<StreamRow>(client, 'streams');
    for (const { toneHz: _, ...stream } of truth.streams) {
      const row = streams.find((candidate) => candidate.ssrc === stream.ssrc);
      expect(row).toMatchObject({ ...stream, callId: call.id, basis: 'sdp' });
    }
    expect((await client.call('document', null)).conversations).toEqual(truth.conversations);
  });

  it('draws the flow and opens its messages', async () => {
    const { client } = await load(sample);
    const ladder = await client.call('ladder', { callId: 'call-1' });
    const messages = ladder.items.filter((item) => item.kind === 'message');
    expect(messages.map((item) => item.label)).toEqual([
      'INVITE',
      '100 Trying',
      '180 Ringing',
      '200 OK',
      'ACK',
      'BYE',
      '200 OK',
    ]);
    expect(ladder.items.filter((item) => item.kind === 'media')).toHaveLength(2);
    const invite = await client.call('message', { messageId: messages[0].id });
    expect(invite.startLine).toMatch(/^INVITE sip:/);
    expect(invite.sdp?.some(({ line }) => line.startsWith('m=audio'))).toBe(true);
    const [{ lanes }, streams] = [await client.call('timeline', null), await rowsOf<StreamRow>(client, 'streams')];
    expect(lanes.map((lane) => lane.kind)).toEqual(['call', 'audio', 'audio']);
    expect(Math.max(...lanes[1].lossHeat.filter((share) => !Number.isNaN(share)))).toBeGreaterThan(0.5);
    expect(new Set(lanes.slice(1).map((lane) => lane.sourceId))).toEqual(new Set(streams.map((row) => row.id)));
  });

  it('gives the packets of a call to whoever plays it, the caller first', async () => {
    const { client } = await load(sample);
    const { kind, streams } = await client.call('mediaIndex', { sourceId: 'call-1' });
    expect(kind).toBe('call');
    expect(streams.map((stream) => stream.direction)).toEqual(['a-to-b', 'b-to-a']);
    const bytes = readFileSync(sample);
    for (const [i, stream] of streams.entries()) {
      expect(stream.count).toBe(truth.streams[i].packets);
      // The RTP header right before the payload names the stream.
      expect(bytes.readUInt32BE(stream.payloadOffset[0] - 4)).toBe(Number(truth.streams[i].ssrc));
    }
  });

  it('answers what it does not know with not-found', async () => {
    const { client } = await load(sample);
    await expect(client.call('ladder', { callId: 'call-9' })).rejects.toMatchObject({ failure: { code: 'not-found' } });
    await expect(client.call('stream', { streamId: 'x' })).rejects.toMatchObject({ failure: { code: 'not-found' } });
    await expect(client.call('page', { table: 'rtp-packets', scope: 'x', offset: 0, limit: 1 })).rejects.toMatchObject({
      failure: { code: 'not-found' },
    });
  });

  it('says what is wrong with a file that is no capture, and where', async () => {
    const path = join(folder, 'picture.pcap');
    writeFileSync(path, Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a));
    await expect(connect().client.call('open', fileAt(path))).rejects.toMatchObject({
      failure: { code: 'not-a-capture' },
    });
    await expect(connect().client.call('open', fileAt(join(folder, 'gone.pcap')))).rejects.toMatchObject({
      failure: { code: 'file-enoent', where: join(folder, 'gone.pcap') },
    });
  });

  it('stops at Cancel and keeps what was read', async () => {
    const path = join(folder, 'long.pcap');
    writeFileSync(path, manyFrames(400_000));
    const { client, ended } = connect();
    await client.call('open', fileAt(path));
    await client.call('cancel', null);
    const { state, packets, bytesRead, bytesTotal } = await ended;
    expect(state).toBe('cancelled');
    expect(bytesRead).toBeLessThan(bytesTotal);
    expect((await client.call('document', null)).conversations.ethernet).toBe(packets > 0 ? 1 : 0);
  });
});

/** A pcap of `count` minimal Ethernet frames. */
function manyFrames(count: number): Buffer {
  const recordLength = 16 + 60;
  const bytes = Buffer.alloc(24 + count * recordLength);
  bytes.writeUInt32LE(0xa1b2c3d4, 0);
  bytes.writeUInt16LE(2, 4);
  bytes.writeUInt16LE(4, 6);
  bytes.writeUInt32LE(65535, 16);
  bytes.writeUInt32LE(1, 20);
  for (let i = 0; i < count; i += 1) {
    const at = 24 + i * recordLength;
    bytes.writeUInt32LE(i, at + 4);
    bytes.writeUInt32LE(60, at + 8);
    bytes.writeUInt32LE(60, at + 12);
  }
  return bytes;
}
