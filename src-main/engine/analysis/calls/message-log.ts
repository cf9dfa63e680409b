import type { Endpoint } from '../../net/endpoint';
import type { FilePiece, SipMessage } from '../../protocols/sip';
import { Float64Column, Uint32Column } from '../../store/columns';
import { TextPool } from './text-pool';

/** No message. */
export const noMessage = 0xffffffff;
/** How far back in its session a message is looked for that it repeats. */
const lookBack = 64;

export type SipTransport = 'udp' | 'tcp' | 'tls' | 'ws' | 'sctp';

/** One message as it is remembered. */
export interface LoggedMessage {
  readonly index: number;
  readonly frame: number;
  readonly timeNs: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly transport: SipTransport;
  readonly label: string;
  readonly detail: string;
  /** Number of the dialog within its session. */
  readonly dialog: number;
  readonly isRetransmission: boolean;
  readonly isTruncated: boolean;
}

const truncatedFlag = 1;
const retransmissionFlag = 2;
const transports: readonly SipTransport[] = ['udp', 'tcp', 'tls', 'ws', 'sctp'];
const transportShift = 2;
const transportMask = 7;
const dialogShift = 8;

/**
 * All SIP messages of a capture in columns, some 60 bytes each: where a message can be read again, not what it
 * says. Messages of one session (Call-ID) form a chain from the last to the first.
 */
export class MessageLog {
  private readonly frame = new Uint32Column();
  private readonly timeNs = new Float64Column();
  private readonly source = new Uint32Column();
  private readonly destination = new Uint32Column();
  private readonly ports = new Uint32Column();
  private readonly label = new Uint32Column();
  private readonly detail = new Uint32Column();
  private readonly meta = new Uint32Column();
  private readonly previous = new Uint32Column();
  private readonly identityHigh = new Uint32Column();
  private readonly identityLow = new Uint32Column();
  private readonly fileOffset = new Float64Column();
  private readonly length = new Uint32Column();
  /** Messages that do not lie in one piece in the capture file: their pieces, or a copy. */
  private readonly scattered = new Map<number, readonly FilePiece[] | Uint8Array>();
  /** So many messages at the beginning are in the order of their frames. */
  private ordered = 0;
  private readonly addresses = new TextPool();
  private readonly texts = new TextPool();

  get count(): number {
    return this.frame.length;
  }

  /** Appends a message to the session whose last message is `previous` (or `noMessage`) and returns its index. */
  append(
    message: SipMessage,
    source: Endpoint,
    destination: Endpoint,
    transport: SipTransport,
    previous: number,
    label: string,
  ): number {
    const index = this.count;
    const identity = identityOf(message, source, destination);
    const high = hash(identity, 0x811c9dc5);
    const low = hash(identity, 0x2f0b4c47);
    const original = this.findIdentity(high, low, previous);
    const isInOrder = this.ordered === index && (index === 0 || message.frame >= this.frame.get(index - 1));
    if (isInOrder) this.ordered += 1;
    this.frame.push(message.frame);
    this.timeNs.push(message.timeNs);
    this.source.push(this.addresses.number(source.address));
    this.destination.push(this.addresses.number(destination.address));
    this.ports.push((source.port << 16) | destination.port);
    this.label.push(this.texts.number(label));
    this.detail.push(original === noMessage ? this.texts.number('') : this.detail.get(original));
    this.meta.push(
      (message.isTruncated ? truncatedFlag : 0) |
        (original === noMessage ? 0 : retransmissionFlag) |
        (transports.indexOf(transport) << transportShift),
    );
    this.previous.push(previous);
    this.identityHigh.push(high);
    this.identityLow.push(low);
    this.keepPlace(index, message);
    return index;
  }

  isRetransmission(index: number): boolean {
    return (this.meta.get(index) & retransmissionFlag) !== 0;
  }

  setDetail(index: number, detail: string): void {
    this.detail.set(index, this.texts.number(detail));
  }

  setDialog(index: number, dialog: number): void {
    this.meta.set(index, (this.meta.get(index) & 0xff) | (dialog << dialogShift));
  }

  /** Index of a message that a frame completed; `noMessage` when it completed none. */
  indexOfFrame(frame: number): number {
    let low = 0;
    let high = this.ordered;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.frame.get(middle) >= frame) high = middle;
      else low = middle + 1;
    }
    if (low < this.ordered && this.frame.get(low) === frame) return low;
    for (let i = this.ordered; i < this.count; i += 1) if (this.frame.get(i) === frame) return i;
    return noMessage;
  }

  /** How many messages the chain that ends with `last` has. */
  chainLength(last: number): number {
    let length = 0;
    for (let i = last; i !== noMessage; i = this.previous.get(i)) length += 1;
    return length;
  }

  /** The first `limit` messages of the chain that ends with `last`, in the order of the capture. */
  chain(last: number, limit: number): LoggedMessage[] {
    const indexes: number[] = [];
    for (let i = last; i !== noMessage; i = this.previous.get(i)) indexes.push(i);
    indexes.reverse();
    return indexes.slice(0, limit).map((index) => this.get(index));
  }

  get(index: number): LoggedMessage {
    const meta = this.meta.get(index);
    const ports = this.ports.get(index);
    return {
      index,
      frame: this.frame.get(index),
      timeNs: this.timeNs.get(index),
      source: { address: this.addresses.text(this.source.get(index)), port: ports >>> 16 },
      destination: { address: this.addresses.text(this.destination.get(index)), port: ports & 0xffff },
      transport: transports[(meta >>> transportShift) & transportMask],
      label: this.texts.text(this.label.get(index)),
      detail: this.texts.text(this.detail.get(index)),
      dialog: meta >>> dialogShift,
      isRetransmission: (meta & retransmissionFlag) !== 0,
      isTruncated: (meta & truncatedFlag) !== 0,
    };
  }

  /** Bytes of a message, read again with `read` where they were not kept. */
  bytes(index: number, read: (fileOffset: number, length: number) => Uint8Array): Uint8Array {
    const scattered = this.scattered.get(index);
    if (scattered === undefined) return read(this.fileOffset.get(index), this.length.get(index));
    if (scattered instanceof Uint8Array) return scattered;
    const bytes = new Uint8Array(scattered.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const { fileOffset, length } of scattered) {
      bytes.set(read(fileOffset, length), at);
      at += length;
    }
    return bytes;
  }

  private findIdentity(high: number, low: number, last: number): number {
    let at = last;
    for (let i = 0; i < lookBack && at !== noMessage; i += 1) {
      if (this.identityLow.get(at) === low && this.identityHigh.get(at) === high) return at;
      at = this.previous.get(at);
    }
    return noMessage;
  }

  private keepPlace(index: number, { pieces, bytes, start, end }: SipMessage): void {
    const single = pieces?.length === 1 ? pieces[0] : null;
    this.fileOffset.push(single?.fileOffset ?? 0);
    this.length.push(single?.length ?? 0);
    if (single === null) this.scattered.set(index, pieces ?? bytes.slice(start, end));
  }
}

/**
 * What a retransmission has in common with its original (RFC 3261, section 17.2.3 and 17.1.3): branch, CSeq and
 * method, status and To tag, the number of a reliable provisional response (RFC 3262), and its way. A copy made by
 * a proxy has another branch and another way.
 */
function identityOf(message: SipMessage, source: Endpoint, destination: Endpoint): string {
  const { branch, cseqNumber, method, statusCode, toTag, rseq } = message;
  const way = `${source.address} ${source.port} ${destination.address} ${destination.port}`;
  return `${branch} ${cseqNumber} ${method} ${statusCode} ${toTag} ${rseq} ${way}`;
}

/** FNV-1a, 32 bits, over UTF-16 code units. */
function hash(text: string, seed: number): number {
  let value = seed;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
