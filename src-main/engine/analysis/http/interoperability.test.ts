import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readExtents } from '../../bytes/extents';
import { analyseHttp } from './testing/analyse-http';

const run = promisify(execFile);
const answers = (program: string, option: string): boolean =>
  spawnSync(program, [option], { stdio: 'ignore' }).status === 0;
/** Whether packets of the loopback interface may be captured here. */
const mayCapture =
  answers('dumpcap', '--version') &&
  spawnSync('dumpcap', ['-q', '-i', 'lo', '-a', 'duration:0', '-w', '/dev/null']).status === 0;
const canRun = mayCapture && answers('curl', '--version') && answers('openssl', 'version');
const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

const content = Array.from({ length: 20_000 }, (_, i) => `line ${i} of what is served\n`).join('');
const part = content.slice(1000, 5000);

/** Serves the same content in many ways. */
const serve: RequestListener = (request: IncomingMessage, response: ServerResponse) => {
  const coded = (coding: string, bytes: Uint8Array): void => {
    response.writeHead(200, { 'content-encoding': coding, 'content-length': bytes.length });
    response.end(bytes);
  };
  switch (request.url) {
    case '/gzip':
      return coded('gzip', gzipSync(content));
    case '/br':
      return coded('br', brotliCompressSync(content));
    case '/deflate':
      return coded('deflate', deflateSync(content));
    case '/chunked':
      response.write(content.slice(0, 100));
      response.write(content.slice(100, 70_000));
      return void response.end(content.slice(70_000));
    case '/range':
      response.writeHead(206, { etag: '"1"', 'content-range': `bytes 1000-4999/${content.length}` });
      return void response.end(part);
    case '/empty':
      return void response.writeHead(204).end();
    case '/post': {
      request.resume().on('end', () => response.end('taken'));
      return;
    }
    default:
      response.setHeader('content-length', content.length);
      response.end(request.method === 'HEAD' ? '' : content);
  }
};

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));

describe.skipIf(!canRun)('curl and Node over the loopback interface, captured and read back', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tapdeck-interoperability-'));
  const capture = join(folder, 'captured.pcapng');
  const keyLog = join(folder, 'keys.txt');
  const servers: Server[] = [];
  let dumpcap: ChildProcess | null = null;
  let ports: readonly number[] = [];

  beforeAll(async () => {
    const subject = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    execFileSync('openssl', ['req', ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const http2 = createHttp2Server((request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.end(request.url === '/two' ? part : content);
    });
    const https = createHttpsServer({ key: readFileSync(key), cert: readFileSync(cert) }, serve);
    servers.push(createServer(serve), http2, https);
    ports = await Promise.all(servers.map(listening));
    const filter = ports.map((port) => `tcp port ${port}`).join(' or ');
    const child = spawn('dumpcap', ['-q', '-i', 'lo', '-f', filter, '-w', capture], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    dumpcap = child;
    await new Promise<void>((resolve) =>
      child.stderr.on('data', (text: Buffer) => text.includes('File:') && resolve()),
    );
    await talk();
  }, 60_000);

  afterAll(() => {
    dumpcap?.kill('SIGKILL');
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What curl asks for; then the capture is ended, as soon as the last question is in it. */
  async function talk(): Promise<void> {
    const [http, http2, https] = ports.map((port) => `127.0.0.1:${port}`);
    const sink = (urls: readonly string[]): string[] => urls.flatMap((url) => [url, '-o', '/dev/null']);
    const paths = ['plain', 'gzip', 'br', 'deflate', 'chunked', 'range', 'empty'];
    await run('curl', ['-s', ...sink(paths.map((path) => `http://${http}/${path}`))]);
    await run('curl', ['-s', '-I', `http://${http}/head`]);
    await run('curl', ['-s', '-d', 'a=posted', `http://${http}/post`]);
    for (const path of ['one', 'two']) {
      await run('curl', ['-s', '--http2-prior-knowledge', ...sink([`http://${http2}/${path}`])]);
    }
    const env = { ...process.env, SSLKEYLOGFILE: keyLog };
    await run('curl', ['-s', '-k', ...sink([`https://${https}/secret`])], { env });
    for (let i = 0; i < 200 && !hasLast(); i += 1) await run('curl', ['-s', '-I', `http://${http}/last`]);
    const ended = new Promise((resolve) => dumpcap?.on('exit', resolve));
    dumpcap?.kill('SIGINT');
    await ended;
  }

  const hasLast = (): boolean => existsSync(capture) && readFileSync(capture).includes('HEAD /last');

  const objects = () => {
    const { analysis, bytes } = analyseHttp(capture, readFileSync(keyLog));
    return analysis.document().objects.map((row) => {
      const extents = analysis.file(row.id)?.extents;
      const read = extents ? readExtents(bytes, extents, 0, row.bytes) : new Uint8Array(0);
      return { url: row.url, bytes: read, sha256: sha256(read), missing: row.missingBytes, complete: row.complete };
    });
  };

  it('finds what was served, however it was coded', () => {
    const found = objects();
    for (const path of ['plain', 'gzip', 'br', 'deflate', 'chunked', 'one', 'secret']) {
      const own = found.filter(({ url }) => url.endsWith(`/${path}`));
      expect(own, path).toMatchObject([{ sha256: sha256(content), missing: 0, complete: true }]);
    }
    expect(found.find(({ url }) => url.endsWith('/two'))?.sha256).toBe(sha256(part));
    expect(found.find(({ url }) => url.startsWith('https://'))?.url).toMatch(/\/secret$/);
    const range = found.find(({ url }) => url.endsWith('/range'));
    expect(range).toMatchObject({ missing: content.length - part.length, complete: false });
    expect(sha256(range?.bytes.subarray(1000, 5000) ?? '')).toBe(sha256(part));
    const posts = found.filter(({ url }) => url.endsWith('/post')).map(({ sha256: hash }) => hash);
    expect(posts.sort()).toEqual([sha256('a=posted'), sha256('taken')].sort());
    expect(found.some(({ url }) => /\/(head|empty|last)$/.test(url))).toBe(false);
  });

  it('pairs every request with its response', () => {
    const { analysis } = analyseHttp(capture, readFileSync(keyLog));
    const rows = analysis.tables.page({ table: 'exchanges', offset: 0, limit: 1000 })?.rows ?? [];
    const asked = rows.filter(({ url }) => !String(url).endsWith('/last'));
    expect(asked.map(({ status }) => status).sort()).toEqual([
      200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 204, 206,
    ]);
    expect(new Set(asked.map(({ version }) => version))).toEqual(new Set(['HTTP/1.1', 'HTTP/2']));
    expect(asked.every(({ userAgent }) => String(userAgent).startsWith('curl/'))).toBe(true);
    expect(asked.every(({ firstByteMs }) => Number(firstByteMs) >= 0)).toBe(true);
  });
});

describe.skipIf(canRun)('interoperability', () => {
  it.skip('of HTTP is not tested: it takes curl, openssl and the right to capture on the loopback interface', () =>
    undefined);
});
