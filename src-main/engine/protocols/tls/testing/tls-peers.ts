import { Duplex } from 'node:stream';
import { type ConnectionOptions, connect, createServer, type TlsOptions, type TLSSocket } from 'node:tls';
import type { Identity } from './self-signed';

/** Bytes of a conversation as they went over the wire: direction 0 is the client's. */
export interface WirePiece {
  readonly direction: 0 | 1;
  readonly bytes: Uint8Array;
}

export interface Recording {
  readonly wire: readonly WirePiece[];
  /** NSS key log. */
  readonly keyLog: string;
  /** What the two sides got. */
  readonly received: readonly [client: Uint8Array, server: Uint8Array];
  readonly suite: string;
  readonly version: string;
  readonly session: Buffer | null;
  readonly isReused: boolean;
}

/** Two ends of a wire on which everything is noted. */
function wirePair(wire: WirePiece[]): [Duplex, Duplex] {
  const ends: Duplex[] = [];
  const end = (direction: 0 | 1): Duplex =>
    new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        wire.push({ direction, bytes: Uint8Array.from(chunk) });
        ends[direction ^ 1].push(chunk);
        done();
      },
      final: (done) => {
        ends[direction ^ 1].push(null);
        done();
      },
    });
  ends.push(end(0), end(1));
  return [ends[0], ends[1]];
}

export interface PeerOptions {
  readonly identity: Identity;
  readonly client?: ConnectionOptions;
  readonly server?: TlsOptions;
  /** What each side writes, in turn: the client first. */
  readonly exchanges: readonly (readonly [request: Uint8Array, response: Uint8Array])[];
  /** Before this exchange the client negotiates anew (TLS 1.2). */
  readonly renegotiateBefore?: number;
  /** Sessions that the server remembers by their id (TLS 1.2 without tickets). */
  readonly sessions?: Map<string, Buffer>;
}

/** A real TLS client and server of Node talk to each other; every byte between them is kept. */
export async function recordTls({
  identity,
  client: clientOptions = {},
  server: serverOptions = {},
  exchanges,
  renegotiateBefore = -1,
  sessions,
}: PeerOptions): Promise<Recording> {
  const wire: WirePiece[] = [];
  const [clientEnd, serverEnd] = wirePair(wire);
  const { key, cert } = identity;
  const listener = createServer({ key, cert, ...serverOptions });
  if (sessions) {
    listener.on('newSession', (id: Buffer, data: Buffer, done: () => void) => {
      sessions.set(id.toString('hex'), data);
      done();
    });
    listener.on('resumeSession', (id: Buffer, done: (error: null, data: Buffer | null) => void) => {
      done(null, sessions.get(id.toString('hex')) ?? null);
    });
  }
  const accepted = new Promise<TLSSocket>((done, failed) => {
    listener.once('secureConnection', done);
    listener.once('tlsClientError', failed);
  });
  listener.emit('connection', serverEnd);
  const client = connect({ socket: clientEnd, rejectUnauthorized: false, ...clientOptions });
  const keyLog: string[] = [];
  client.on('keylog', (line: Buffer) => keyLog.push(line.toString('latin1')));
  let session: Buffer | null = null;
  client.on('session', (fresh: Buffer) => {
    session = fresh;
  });
  const received: [Buffer[], Buffer[]] = [[], []];
  await new Promise<void>((done, failed) => {
    client.once('secureConnect', done);
    client.once('error', failed);
  });
  const server = await accepted;
  for (const [i, [request, response]] of exchanges.entries()) {
    if (i === renegotiateBefore) await renegotiate(client);
    await transfer(client, server, request, received[1]);
    await transfer(server, client, response, received[0]);
  }
  const suite = client.getCipher().standardName;
  const version = client.getProtocol() ?? '';
  const isReused = client.isSessionReused();
  const closed = new Promise((done) => server.once('end', done));
  client.end();
  server.resume();
  await closed;
  server.end();
  client.destroy();
  return {
    wire,
    keyLog: keyLog.join(''),
    received: [Buffer.concat(received[0]), Buffer.concat(received[1])],
    suite,
    version,
    session,
    isReused,
  };
}

function renegotiate(client: TLSSocket): Promise<void> {
  return new Promise((done, failed) => {
    client.renegotiate({ rejectUnauthorized: false }, (error) => (error ? failed(error) : done()));
  });
}

/** Writes and waits until all of it has come. */
function transfer(from: TLSSocket, to: TLSSocket, bytes: Uint8Array, into: Buffer[]): Promise<void> {
  return new Promise((done, failed) => {
    let left = bytes.length;
    const take = (chunk: Buffer): void => {
      into.push(chunk);
      left -= chunk.length;
      if (left > 0) return;
      to.off('data', take);
      done();
    };
    to.on('data', take);
    to.once('error', failed);
    from.write(bytes);
  });
}
