import { hexBytes, hexText } from './hex';

/** Secrets of one connection, by its client random. Never shown, logged or written anywhere. */
export interface ConnectionSecrets {
  /** Master secret of TLS 1.2 and before: 48 bytes. */
  readonly master: Uint8Array | null;
  readonly clientEarly: Uint8Array | null;
  readonly clientHandshake: Uint8Array | null;
  readonly serverHandshake: Uint8Array | null;
  readonly clientTraffic: Uint8Array | null;
  readonly serverTraffic: Uint8Array | null;
  /** Where the first of them came from. */
  readonly origin: SecretOrigin;
}

/** `capture`: Decryption Secrets Blocks of the capture itself. */
export type SecretOrigin = 'key-log' | 'capture';

type SecretName = Exclude<keyof ConnectionSecrets, 'origin'>;

/** Labels of the NSS key log format (SSLKEYLOGFILE). */
const labels: Readonly<Record<string, SecretName>> = {
  CLIENT_RANDOM: 'master',
  CLIENT_EARLY_TRAFFIC_SECRET: 'clientEarly',
  CLIENT_HANDSHAKE_TRAFFIC_SECRET: 'clientHandshake',
  SERVER_HANDSHAKE_TRAFFIC_SECRET: 'serverHandshake',
  CLIENT_TRAFFIC_SECRET_0: 'clientTraffic',
  SERVER_TRAFFIC_SECRET_0: 'serverTraffic',
};
/** Labels that are understood, but open no records: they are no sign of a file that is none. */
const idleLabels: ReadonlySet<string> = new Set([
  'EXPORTER_SECRET',
  'EARLY_EXPORTER_SECRET',
  'RSA',
  'ECH_SECRET',
  'ECH_CONFIG',
]);

/** Lines that are longer are no secrets; connections beyond this many are left out. */
const longestLine = 1024;
const mostConnections = 500_000;

/** What came of reading a key log. */
export interface KeyLogCount {
  /** Secrets that records can be opened with. */
  readonly secrets: number;
  /** Lines that are well formed, but of no use for that. */
  readonly idle: number;
  /** Lines that are neither that nor empty nor comments. */
  readonly unknown: number;
}

/** The secrets of an analysis: key log files, and what captures carry along. */
export class TlsKeyLog {
  /** Secrets that were read. */
  count = 0;
  private readonly connections = new Map<
    string,
    { -readonly [Name in keyof ConnectionSecrets]: ConnectionSecrets[Name] }
  >();

  /** Reads the lines of a key log; of a secret that is given twice the first one holds. */
  add(bytes: Uint8Array, origin: SecretOrigin): KeyLogCount {
    let secrets = 0;
    let idle = 0;
    let unknown = 0;
    // A byte order mark, as text editors leave one.
    const from = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    for (let at = from; at < bytes.length; ) {
      let end = bytes.indexOf(0x0a, at);
      if (end < 0) end = bytes.length;
      const verdict = end - at > longestLine ? 'unknown' : this.addLine(asciiText(bytes, at, end), origin);
      if (verdict === 'secret') secrets += 1;
      else if (verdict === 'idle') idle += 1;
      else if (verdict === 'unknown') unknown += 1;
      at = end + 1;
    }
    this.count += secrets;
    return { secrets, idle, unknown };
  }

  /** The secrets of a connection; null when there are none. */
  of(clientRandom: Uint8Array): ConnectionSecrets | null {
    return this.connections.get(hexText(clientRandom)) ?? null;
  }

  private addLine(line: string, origin: SecretOrigin): 'secret' | 'idle' | 'unknown' | 'empty' {
    const [label, random, secret, ...more] = line.split(/\s+/).filter((part) => part !== '');
    if (label === undefined || label.startsWith('#')) return 'empty';
    if (idleLabels.has(label)) return 'idle';
    const name = Object.hasOwn(labels, label) ? labels[label] : undefined;
    if (!name || more.length > 0 || !isHex(random, 32) || !isHex(secret, name === 'master' ? 48 : 32, 64))
      return 'unknown';
    const key = random.toLowerCase();
    let connection = this.connections.get(key);
    if (!connection) {
      if (this.connections.size >= mostConnections) return 'idle';
      connection = {
        master: null,
        clientEarly: null,
        clientHandshake: null,
        serverHandshake: null,
        clientTraffic: null,
        serverTraffic: null,
        origin,
      };
      this.connections.set(key, connection);
    }
    if (connection[name] !== null) return 'idle';
    connection[name] = hexBytes(secret);
    return 'secret';
  }
}

function isHex(text: string | undefined, least: number, most = least): text is string {
  return text !== undefined && text.length >= 2 * least && text.length <= 2 * most && /^(?:[0-9a-f]{2})+$/i.test(text);
}

function asciiText(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
}
