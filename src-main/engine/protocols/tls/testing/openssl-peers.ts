import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Identity } from './self-signed';
import type { WirePiece } from './tls-peers';

export const hasOpenssl = spawnSync('openssl', ['s_client', '-help'], { stdio: 'ignore' }).status === 0;

/** Resolves with the first match of what a program prints. */
function printed(program: ChildProcessWithoutNullStreams, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((done, failed) => {
    let text = '';
    const take = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      const match = pattern.exec(text);
      if (!match) return;
      program.stdout.off('data', take);
      program.stderr.off('data', take);
      done(match);
    };
    program.stdout.on('data', take);
    program.stderr.on('data', take);
    program.once('exit', () => failed(new Error(`openssl ended without ${pattern}: ${text}`)));
  });
}

/**
 * OpenSSL's client and server talk over loopback: each of `lines` goes to the server, which answers it reversed. A line
 * of one letter is a command of the client: `k` updates its key, `K` asks the server to do so too.
 */
export async function recordOpenssl(
  { key, cert }: Identity,
  lines: readonly string[],
): Promise<{ readonly wire: readonly WirePiece[]; readonly keyLog: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'tapdeck-openssl-'));
  const identityPath = join(folder, 'identity.pem');
  const keyLogPath = join(folder, 'keys.log');
  writeFileSync(identityPath, key + cert);
  const wire: WirePiece[] = [];
  const server = spawn('openssl', ['s_server', '-accept', '127.0.0.1:0', '-cert', identityPath, '-tls1_3', '-rev']);
  let client: ChildProcessWithoutNullStreams | null = null;
  const proxy = createServer();
  try {
    const [, port] = await printed(server, /ACCEPT [^\n]*:(\d+)/);
    proxy.on('connection', (near) => {
      const far = connect(Number(port), '127.0.0.1');
      near.on('data', (bytes: Buffer) => wire.push({ direction: 0, bytes: Uint8Array.from(bytes) }));
      far.on('data', (bytes: Buffer) => wire.push({ direction: 1, bytes: Uint8Array.from(bytes) }));
      for (const end of [near, far]) end.on('error', () => undefined);
      near.pipe(far);
      far.pipe(near);
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const own = (proxy.address() as AddressInfo).port;
    client = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${own}`, '-tls1_3', '-keylogfile', keyLogPath]);
    await printed(client, /Verify return code/);
    for (const line of lines) {
      const isCommand = line.length === 1;
      const answer = isCommand
        ? printed(client, /KEYUPDATE/)
        : printed(client, new RegExp([...line].reverse().join('')));
      client.stdin.write(`${line}\n`);
      await answer;
    }
    const ended = once(client, 'exit');
    client.stdin.write('Q\n');
    await ended;
    return { wire, keyLog: readFileSync(keyLogPath, 'latin1') };
  } finally {
    client?.kill();
    server.kill();
    proxy.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
