import { utf8Bytes } from '../../../bytes/text';
import { TestSink } from '../../../capture/testing/collect';
import type { CipherSuite } from '../../../crypto/cipher-suite';
import type { Direction, StreamChannel, StreamDissector } from '../../../flow/stream-dissector';
import { MemorySpill } from '../../../store/capture-bytes';
import type { WirePiece } from './tls-peers';
import { SearchBudget, SessionCache, type TlsContext, TlsFacts, TlsKeyLog, tlsProtocol } from '../index';

/** What of an analysis several connections share. */
export function contextWith(suite: CipherSuite | null, keyLog: string): TlsContext {
  const secrets = new TlsKeyLog();
  secrets.add(utf8Bytes(keyLog), 'key-log');
  return {
    suite,
    sessions: new SessionCache(),
    budget: new SearchBudget(),
    room: { waiting: 0, kept: 0, messages: 0 },
    secretsOf: (random) => secrets.of(random),
    onChange: () => undefined,
  };
}

/** A connection whose inside is collected: bytes and gaps of both directions. */
export class CollectedConnection implements StreamDissector {
  readonly sink = new TestSink();
  readonly facts = new TlsFacts(4, []);
  readonly claims: string[] = [];
  readonly inside: [number[], number[]] = [[], []];
  readonly events: string[] = [];
  readonly gaps: { readonly direction: Direction; readonly at: number; readonly length: number }[] = [];
  private readonly dissector: StreamDissector;
  private frame = 0;

  constructor(context: TlsContext) {
    const spill = new MemorySpill();
    const channel: StreamChannel = {
      flow: 4,
      layers: [],
      sink: this.sink,
      endpoints: () => ({ source: { address: '192.0.2.1', port: 1 }, destination: { address: '192.0.2.2', port: 2 } }),
      claim: (protocol) => this.claims.push(protocol),
      keep: (bytes, start, end) => {
        const address = spill.size;
        spill.append(bytes, start, end);
        return address;
      },
      inside: (layer) => {
        this.events.push(`inside ${layer}`);
        return {
          onData: (direction, bytes, start, end, _frame, _timeNs, address) => {
            const kept = new Uint8Array(end - start);
            if (spill.read(address, kept) !== kept.length) throw new Error('What was kept cannot be read.');
            for (let i = 0; i < kept.length; i += 1) {
              if (kept[i] !== bytes[start + i]) throw new Error('What was kept is not what was handed on.');
              this.inside[direction].push(kept[i]);
            }
          },
          onGap: (direction, length) => this.gaps.push({ direction, at: this.inside[direction].length, length }),
          onEnd: (direction) => this.events.push(`end ${direction}`),
        };
      },
    };
    this.dissector = tlsProtocol(context, () => this.facts).open(channel);
  }

  onData(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
    address: number,
  ): void {
    this.dissector.onData(direction, bytes, start, end, frame, timeNs, address);
  }

  onGap(direction: Direction, length: number, frame: number, timeNs: number): void {
    this.dissector.onGap(direction, length, frame, timeNs);
  }

  onEnd(direction: Direction, timeNs: number): void {
    this.dissector.onEnd(direction, timeNs);
  }

  /** Feeds bytes out of a window that is overwritten at once. */
  feed(direction: Direction, bytes: Uint8Array): this {
    this.frame += 1;
    const window = new Uint8Array(bytes.length + 2);
    window.set(bytes, 1);
    this.onData(direction, window, 1, window.length - 1, this.frame, this.frame * 1e6, 0);
    window.fill(0xdd);
    return this;
  }

  lose(direction: Direction, length: number): this {
    this.frame += 1;
    this.onGap(direction, length, this.frame, this.frame * 1e6);
    return this;
  }

  feedAll(wire: readonly WirePiece[]): this {
    for (const { direction, bytes } of wire) if (bytes.length > 0) this.feed(direction, bytes);
    return this.end();
  }

  end(): this {
    this.onEnd(0, this.frame * 1e6);
    this.onEnd(1, this.frame * 1e6);
    return this;
  }

  content(direction: Direction): Uint8Array {
    return Uint8Array.from(this.inside[direction]);
  }
}
