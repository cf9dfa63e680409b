import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SessionMessageRow } from '#shared/model/session';
import { selfSigned } from '#engine/protocols/tls/testing/self-signed';
import { recordTls, type Recording } from '#engine/protocols/tls/testing/tls-peers';
import { tlsCapture } from '../testing/tls-capture';
import type { CaptureApi, CaptureEvents, WorkerProgress } from './capture-api';
import { createCaptureHandlers } from './capture-handlers';
import { RpcClient } from './rpc/client';
import { serveRpc } from './rpc/server';

const folder = mkdtempSync(join(tmpdir(), 'tapdeck-tls-'));
const channels: MessageChannel[] = [];
afterEach(() => {
  for (const channel of channels.splice(0)) channel.port1.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const crlf = (...lines: readonly string[]): Buffer => Buffer.from(lines.join('\r\n'));
const body = 'A picture, if it were one.';
const http = [
  [
    crlf('GET /still.txt HTTP/1.1', 'Host: media.example', '', ''),
    crlf('HTTP/1.1 200 OK', 'Content-Type: text/plain', `Content-Length: ${body.length}`, '', body),
  ],
] as const;
const sip = [
  [
    crlf(
      'INVITE sips:bob@media.example SIP/2.0',
      'Via: SIP/2.0/TLS 192.0.2.10;branch=z9hG4bK1',
      'From: <sips:alice@media.example>;tag=1',
      'To: <sips:bob@media.example>',
      'Call-ID: secret-call',
      'CSeq: 1 INVITE',
      'Content-Length: 0',
      '',
      '',
    ),
    crlf(
      'SIP/2.0 486 Busy Here',
      'Via: SIP/2.0/TLS 192.0.2.10;branch=z9hG4bK1',
      'From: <sips:alice@media.example>;tag=1',
      'To: <sips:bob@media.example>;tag=2',
      'Call-ID: secret-call',
      'CSeq: 1 INVITE',
      'Content-Length: 0',
      '',
      '',
    ),
  ],
] as const;

let recording: Recording;
let sips: Recording;
beforeAll(async () => {
  const identity = selfSigned('ec', 'media.example', ['media.example']);
  const client = { servername: 'media.example' };
  recording = await recordTls({ identity, client, exchanges: http });
  sips = await recordTls({ identity, client: { ...client, maxVersion: 'TLSv1.2' }, exchanges: sip });
});

function write(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function load(path: string, keyLogs: readonly string[] = []) {
  const channel = new MessageChannel();
  channels.push(channel);
  const { handlers, bind } = createCaptureHandlers();
  bind(serveRpc(channel.port1 as never, handlers));
  const client = new RpcClient<CaptureApi, CaptureEvents>(channel.port2 as never);
  const ended = new Promise<WorkerProgress>((resolve) => {
    client.on('progress', (progress) => progress.state !== 'loading' && resolve(progress));
  });
  const opened = await client.call('open', {
    files: [{ path, name: path, spoolPath: null }],
    follows: false,
    keyLogs,
  });
  const progress = await ended;
  return { client, opened, progress, document: await client.call('document', null) };
}

/** The second half of every line of a key log: what must be nowhere. */
const secretsOf = (keyLog: string): string[] =>
  keyLog
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[2]);

describe('TLS in the capture worker', () => {
  it('decrypts with a key log, and shows the inside like its plain kin', async () => {
    const path = write('closed.pcapng', tlsCapture(recording, 'nowhere'));
    const { client, document } = await load(path, [write('keys.log', recording.keyLog)]);
    expect(document.objects).toMatchObject([{ name: 'still.txt', host: 'media.example', bytes: body.length }]);
    expect(document.sessions.filter(({ kind }) => kind === 'tls')).toMatchObject([
      {
        url: 'tls://media.example:4433',
        state: 'decrypted',
        client: '192.0.2.10:50000',
        server: '198.51.100.20:4433',
        details: { 'Server name': 'media.example', Version: 'TLS 1.3', Certificate: 'media.example', Decrypted: true },
      },
    ]);
    const page = await client.call('page', { table: 'conversations.tcp', offset: 0, limit: 10 });
    expect(page.rows).toMatchObject([{ protocol: 'HTTP over TLS' }]);
  });

  it('lists the messages of the handshake, encrypted ones too, and opens them', async () => {
    const path = write('handshake.pcapng', tlsCapture(recording, 'before'));
    const { client } = await load(path);
    const page = await client.call('page', { table: 'session-messages', scope: 'tls-1', offset: 0, limit: 50 });
    const rows = page.rows as unknown as SessionMessageRow[];
    // Whether the other side's alert is the last one depends on who closes first.
    expect(rows.map(({ label }) => label).slice(0, 10)).toEqual([
      'ClientHello',
      'ServerHello',
      'EncryptedExtensions',
      'Certificate',
      'CertificateVerify',
      'Finished',
      'Finished',
      'NewSessionTicket',
      'NewSessionTicket',
      'Alert',
    ]);
    expect(rows[0]).toMatchObject({
      frame: 3,
      source: '192.0.2.10:50000',
      destination: '198.51.100.20:4433',
      summary: 'media.example, TLS 1.3',
    });
    expect(rows[3].summary).toBe('media.example, encrypted');
    const hello = await client.call('sessionMessage', { messageId: rows[1].id });
    expect(hello.title).toBe('ServerHello');
    expect(hello.fields).toContainEqual({ name: 'cipherSuite', value: recording.suite, children: [] });
    expect(hello.raw.length).toBe(rows[1].bytes);
    const certificate = await client.call('sessionMessage', { messageId: rows[3].id });
    expect(certificate.fields[2]).toMatchObject({ name: 'subjectAltName', value: '2' });
    await expect(client.call('sessionMessage', { messageId: 'tls-1-m99' })).rejects.toMatchObject({
      failure: { code: 'not-found' },
    });
    const ladder = await client.call('ladder', { callId: 'tls-1' });
    expect(ladder.hosts.map(({ label }) => label)).toEqual(['192.0.2.10:50000', '198.51.100.20:4433']);
    expect(ladder.items).toHaveLength(rows.length);
  });

  it('finds calls in SIP over TLS', async () => {
    const path = write('sips.pcapng', tlsCapture(sips, 'before'));
    const { document } = await load(path);
    expect(document.calls).toMatchObject([{ state: 'rejected', callIds: ['secret-call'] }]);
  });

  it('uses secrets of the capture itself, wherever they stand in it', async () => {
    for (const where of ['before', 'behind'] as const) {
      const { client, document, progress } = await load(write(`${where}.pcapng`, tlsCapture(recording, where)));
      expect(progress.state).toBe('complete');
      expect(document.objects).toHaveLength(1);
      expect(document.diagnostics).toMatchObject([{ code: 'tls-capture-secrets', severity: 'note' }]);
      const summary = await client.call('tlsSummary', null);
      expect(summary).toMatchObject({ connections: 1, decrypted: 1, keyLogSecrets: 0, closed: [] });
      expect(summary.captureSecrets).toBeGreaterThanOrEqual(4);
    }
  });

  it('tells nobody what the secrets are', async () => {
    const path = write('evidence.pcapng', tlsCapture(recording, 'before'));
    const { client, document, opened } = await load(path, [write('evidence.log', sips.keyLog)]);
    const [session] = document.sessions.filter(({ kind }) => kind === 'tls');
    const told = [
      opened,
      document,
      await client.call('tlsSummary', null),
      await client.call('session', { sessionId: session.id }),
    ]
      .map((value) => JSON.stringify(value, (_, each: unknown) => (each instanceof Uint8Array ? [...each] : each)))
      .join('');
    for (const secret of [...secretsOf(recording.keyLog), ...secretsOf(sips.keyLog)]) {
      expect(told.toLowerCase()).not.toContain(secret.toLowerCase());
    }
  });

  it('refuses what is no key log, without a word of what is in it', async () => {
    const path = write('refused.pcapng', tlsCapture(recording, 'nowhere'));
    const wrong = write('wrong.log', 'PASSWORD swordfish\n');
    await expect(load(path, [wrong])).rejects.toMatchObject({
      failure: { code: 'bad-key-log', message: 'wrong.log holds no secrets of TLS.', where: wrong },
    });
    await expect(load(path, [join(folder, 'nowhere.log')])).rejects.toMatchObject({ failure: { code: 'bad-key-log' } });
    await expect(load(path, [folder])).rejects.toMatchObject({ failure: { code: 'bad-key-log' } });
  });
});
