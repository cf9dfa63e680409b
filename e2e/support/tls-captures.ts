import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Duplex } from 'node:stream';
import { connect, TLSSocket } from 'node:tls';
import { buildCapture, pcapFormat } from '../../scripts/samples/capture-writer.mjs';
import { createHost, createTcpConnection } from '../../scripts/samples/packets.mjs';

type Side = 'client' | 'server';

/** Two ends of a wire; what goes over it is noted. */
function createWire(onBytes: (side: Side, bytes: Buffer) => void): Record<Side, Duplex> {
  const end = (side: Side, other: () => Duplex): Duplex =>
    new Duplex({
      read: () => undefined,
      write: (bytes: Buffer, _encoding, done) => {
        onBytes(side, Buffer.from(bytes));
        other().push(bytes);
        done();
      },
    });
  const client: Duplex = end('client', () => server);
  const server: Duplex = end('server', () => client);
  return { client, server };
}

/**
 * Writes a capture of one exchange of HTTP over TLS 1.2, whose secrets are not in it, and a key log that has them. The
 * two sides are Node's own; without a certificate, as there is no name to be sure of.
 */
export async function writeHttpsCapture(path: string, keyLogPath: string, body: string): Promise<{ packets: number }> {
  const frames: { relNs: number; data: Buffer }[] = [];
  const host = createHost('02:00:00:00:05:01', '192.0.2.91');
  const other = createHost('02:00:00:00:05:02', '203.0.113.92');
  const connection = createTcpConnection(host, 50_443, other, 8443, [1, 1], (data) => {
    frames.push({ relNs: frames.length * 2_000_000, data });
  });
  connection.open();
  const wire = createWire((side, bytes) => {
    for (let at = 0; at < bytes.length; at += 1400) connection.data(side, bytes.subarray(at, at + 1400));
  });
  const options = { ciphers: 'AECDH-AES128-SHA:@SECLEVEL=0', maxVersion: 'TLSv1.2' } as const;
  const server = new TLSSocket(wire.server, { isServer: true, ...options });
  const client = connect({ socket: wire.client, rejectUnauthorized: false, ...options, servername: 'media.example' });
  let keyLog = '';
  client.on('keylog', (line: Buffer) => (keyLog += line.toString('latin1')));
  await once(client, 'secureConnect');
  client.write('GET /notes.txt HTTP/1.1\r\nHost: media.example\r\n\r\n');
  await once(server, 'data');
  server.write(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  await once(client, 'data');
  connection.close();
  await writeFile(path, buildCapture(pcapFormat({ startSeconds: 1_772_443_800 }), frames));
  await writeFile(keyLogPath, keyLog);
  return { packets: frames.length };
}
