import type { Direction } from '../../flow/stream-dissector';
import { HandshakeReader } from './handshake-reader';
import { RecordOpener, type SearchBudget } from './record-opener';
import type { RecordInflater } from './record-inflater';
import { headerLength, RecordReader, type RecordSink } from './record-reader';

/** A record, whose body may be borrowed. */
export interface TlsRecord {
  readonly type: number;
  readonly version: number;
  readonly body: Uint8Array;
  /** Frame and time of its last byte. */
  readonly frame: number;
  readonly timeNs: number;
}

/** Takes what the two directions of a connection bring. */
export interface HalfOwner {
  wants(half: Half, type: number): boolean;
  onRecord(half: Half, record: TlsRecord): void;
  /** A record whose body was not wanted. */
  onPassed(half: Half, type: number, length: number): void;
  onGarbage(frame: number): void;
  onHandshake(half: Half, type: number, bytes: Uint8Array, start: number, end: number): void;
}

/** One direction of a connection: its records, its handshake messages, its keys. */
export class Half {
  readonly reader: RecordReader;
  readonly handshake: HandshakeReader;
  readonly opener: RecordOpener;
  /** TLS 1.2 and before: ChangeCipherSpec was there, all records behind it are protected. */
  isProtected = false;
  hasEnded = false;
  /** Null when records are not compressed. */
  inflater: RecordInflater | null = null;
  /** Records that wait, with bodies of their own. */
  held: TlsRecord[] = [];

  constructor(
    owner: HalfOwner,
    readonly direction: Direction,
    budget: SearchBudget,
  ) {
    const sink: RecordSink = {
      wants: (type) => owner.wants(this, type),
      onRecord: (type, version, bytes, start, end, frame, timeNs) =>
        owner.onRecord(this, { type, version, body: bytes.subarray(start, end), frame, timeNs }),
      onPassed: (type, _version, length) => {
        this.opener.lose(headerLength + length);
        owner.onPassed(this, type, length);
      },
      onLost: (length) => {
        this.opener.lose(length);
        this.handshake.reset();
      },
      onGarbage: (frame) => owner.onGarbage(frame),
    };
    this.reader = new RecordReader(sink);
    this.handshake = new HandshakeReader((type, bytes, start, end) => owner.onHandshake(this, type, bytes, start, end));
    this.opener = new RecordOpener(budget);
  }
}
