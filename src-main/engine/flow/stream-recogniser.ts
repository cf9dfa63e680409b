import type { Direction, StreamChannel, StreamDissector, StreamProtocol } from './stream-dissector';

/** Bytes of each direction that are looked at before a stream is given up. */
const maxProbeBytes = 4096;
/** So many pieces are kept while it is undecided. */
const maxPieces = 64;

interface Piece {
  readonly direction: Direction;
  /** Null for a gap. */
  readonly bytes: Uint8Array | null;
  readonly length: number;
  readonly frame: number;
  readonly timeNs: number;
  readonly address: number;
}

/**
 * Finds out what a byte stream carries, and hands everything on to the dissector that understands it. Until that is
 * known the beginnings of both directions are kept, a few KiB.
 */
export class StreamRecogniser implements StreamDissector {
  private dissector: StreamDissector | null = null;
  private pieces: Piece[] = [];
  private readonly heads: [Uint8Array, Uint8Array] = [new Uint8Array(0), new Uint8Array(0)];
  private readonly hasGap = [false, false];
  private readonly hasEnded = [false, false];
  private isHopeless = false;

  /** @param isEntered the stream may have been entered in its middle: its beginning was not seen */
  constructor(
    private readonly protocols: readonly StreamProtocol[],
    private readonly channel: StreamChannel,
    private readonly isEntered = false,
  ) {}

  /** Nothing that is known: what still comes is of no use here. */
  get hasGivenUp(): boolean {
    return this.isHopeless;
  }

  get isRecognised(): boolean {
    return this.dissector !== null;
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
    if (this.dissector) {
      this.dissector.onData(direction, bytes, start, end, frame, timeNs, address);
      return;
    }
    if (this.isHopeless) return;
    const protocol = this.probe(direction, bytes, start, end);
    if (protocol) {
      this.open(protocol);
      this.onData(direction, bytes, start, end, frame, timeNs, address);
      return;
    }
    const length = end - start;
    this.pieces.push({ direction, bytes: bytes.slice(start, end), length, frame, timeNs, address });
    this.considerGivingUp();
  }

  onGap(direction: Direction, length: number, frame: number, timeNs: number): void {
    if (this.dissector) {
      this.dissector.onGap(direction, length, frame, timeNs);
      return;
    }
    if (this.isHopeless) return;
    this.hasGap[direction] = true;
    this.pieces.push({ direction, bytes: null, length, frame, timeNs, address: 0 });
  }

  onEnd(direction: Direction, timeNs: number): void {
    this.hasEnded[direction] = true;
    this.dissector?.onEnd(direction, timeNs);
  }

  /** The protocol that these bytes, together with those before, begin; null while there is none. */
  private probe(direction: Direction, bytes: Uint8Array, start: number, end: number): StreamProtocol | null {
    const known = this.heads[direction];
    if (this.hasGap[direction]) return this.ask(bytes, start, end, false);
    if (known.length >= maxProbeBytes) return null;
    const more = Math.min(end - start, maxProbeBytes - known.length);
    const head = new Uint8Array(known.length + more);
    head.set(known);
    head.set(bytes.subarray(start, start + more), known.length);
    this.heads[direction] = head;
    const found = this.ask(head, 0, head.length, true);
    return found ?? (this.isEntered ? this.ask(bytes, start, end, false) : null);
  }

  private ask(bytes: Uint8Array, start: number, end: number, isStart: boolean): StreamProtocol | null {
    for (const protocol of this.protocols) {
      if (protocol.probe(bytes, start, end, isStart) === 'yes') return protocol;
    }
    return null;
  }

  /** A beginning that every protocol has refused, or that has grown too long, is none of them. */
  private considerGivingUp(): void {
    const isRefused = ([0, 1] as const).map((direction) => {
      const head = this.heads[direction];
      if (head.length === 0) return false;
      if (head.length >= maxProbeBytes) return true;
      return this.protocols.every((protocol) => protocol.probe(head, 0, head.length, true) === 'no');
    });
    const isSilent = (direction: Direction): boolean => this.heads[direction].length === 0;
    const isOver = (isRefused[0] || isSilent(0)) && (isRefused[1] || isSilent(1));
    if (isOver || this.pieces.length >= maxPieces) {
      this.isHopeless = true;
      this.pieces = [];
    }
  }

  private open(protocol: StreamProtocol): void {
    const dissector = protocol.open(this.channel);
    this.dissector = dissector;
    const { pieces } = this;
    this.pieces = [];
    for (const { direction, bytes, length, frame, timeNs, address } of pieces) {
      if (bytes) dissector.onData(direction, bytes, 0, length, frame, timeNs, address);
      else dissector.onGap(direction, length, frame, timeNs);
    }
    for (const direction of [0, 1] as const) {
      if (this.hasEnded[direction]) dissector.onEnd(direction, pieces[pieces.length - 1]?.timeNs ?? 0);
    }
  }
}
