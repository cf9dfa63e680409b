/** Types of handshake messages (RFC 8446, section 4; RFC 5246, section 7.4). */
export const HandshakeType = {
  clientHello: 1,
  serverHello: 2,
  newSessionTicket: 4,
  endOfEarlyData: 5,
  encryptedExtensions: 8,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
  certificateStatus: 22,
  keyUpdate: 24,
  compressedCertificate: 25,
} as const;

const names: Readonly<Record<number, string>> = {
  0: 'HelloRequest',
  1: 'ClientHello',
  2: 'ServerHello',
  4: 'NewSessionTicket',
  5: 'EndOfEarlyData',
  8: 'EncryptedExtensions',
  11: 'Certificate',
  12: 'ServerKeyExchange',
  13: 'CertificateRequest',
  14: 'ServerHelloDone',
  15: 'CertificateVerify',
  16: 'ClientKeyExchange',
  20: 'Finished',
  21: 'CertificateURL',
  22: 'CertificateStatus',
  24: 'KeyUpdate',
  25: 'CompressedCertificate',
};

/** `ClientHello`, as the RFCs write it. */
export function handshakeName(type: number): string {
  return names[type] ?? `Handshake ${type}`;
}

const headerLength = 4;
/** Longest message that is kept: a chain of certificates is a few KiB, rarely more. Longer ones are passed over. */
const longestMessage = 128 * 1024;

/** Puts the handshake messages of one direction together, which lie across records or several in one. */
export class HandshakeReader {
  private held: Uint8Array = new Uint8Array(0);
  private heldLength = 0;
  private skip = 0;

  /** @param take a message, `bytes[start..end)` its body, borrowed until the call returns */
  constructor(private readonly take: (type: number, bytes: Uint8Array, start: number, end: number) => void) {}

  /** The next content of handshake records. */
  push(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at < end) {
      const skipped = Math.min(this.skip, end - at);
      this.skip -= skipped;
      at += skipped;
      if (at < end) at = this.read(bytes, at, end);
    }
  }

  /** Something was lost: what is incomplete stays so, and the next record begins with a message. */
  reset(): void {
    this.heldLength = 0;
    this.skip = 0;
  }

  private read(bytes: Uint8Array, at: number, end: number): number {
    if (this.heldLength === 0 && end - at >= headerLength) {
      const bodyEnd = at + headerLength + length24(bytes, at);
      if (bodyEnd <= end) {
        this.take(bytes[at], bytes, at + headerLength, bodyEnd);
        return bodyEnd;
      }
      if (bodyEnd - at > longestMessage) {
        this.skip = bodyEnd - end;
        return end;
      }
    }
    const next = this.keep(bytes, at, this.heldLength < headerLength ? headerLength : this.whole, end);
    if (this.heldLength < headerLength) return next;
    const { whole } = this;
    if (whole > longestMessage) {
      this.skip = whole - this.heldLength;
      this.heldLength = 0;
    } else if (this.heldLength === whole) {
      const { held } = this;
      // The message may bring about that the reader is reset.
      this.heldLength = 0;
      this.take(held[0], held, headerLength, whole);
    }
    return next;
  }

  /** Length of the message that is held, by its header. */
  private get whole(): number {
    return headerLength + length24(this.held, 0);
  }

  private keep(bytes: Uint8Array, at: number, until: number, end: number): number {
    const taken = Math.min(until - this.heldLength, end - at);
    const needed = this.heldLength + taken;
    if (needed > this.held.length) {
      const larger = new Uint8Array(2 * needed);
      larger.set(this.held.subarray(0, this.heldLength));
      this.held = larger;
    }
    this.held.set(bytes.subarray(at, at + taken), this.heldLength);
    this.heldLength = needed;
    return at + taken;
  }
}

const length24 = (bytes: Uint8Array, at: number): number =>
  (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
