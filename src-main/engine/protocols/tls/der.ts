/** One value of DER (ITU-T X.690): where its contents lie. */
export interface DerValue {
  /** Identifier octet: class, constructed, number. */
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Reads the DER values of `bytes[offset..end)` one behind the other. A value that is no DER, or longer than what there
 * is, ends it: `next` answers null from then on.
 */
export class DerReader {
  private isBroken = false;

  constructor(
    private readonly bytes: Uint8Array,
    private offset: number,
    private readonly end: number,
  ) {}

  /** The next value; null at the end. */
  next(): DerValue | null {
    const { bytes, end } = this;
    let at = this.offset;
    if (this.isBroken || end - at < 2) return null;
    const tag = bytes[at];
    let length = bytes[at + 1];
    at += 2;
    if (length >= 0x80) {
      const octets = length & 0x7f;
      length = 0;
      // Indefinite lengths are not DER; lengths of more than three octets are longer than any handshake message.
      if (octets === 0 || octets > 3 || end - at < octets) length = -1;
      else for (const last = at + octets; at < last; at += 1) length = length * 256 + bytes[at];
    }
    // Identifiers of several octets (number 31) are in no certificate.
    if ((tag & 0x1f) === 0x1f || length < 0 || length > end - at) {
      this.isBroken = true;
      return null;
    }
    this.offset = at + length;
    return { tag, start: at, end: at + length };
  }

  /** The next value if it has this tag; null, and nothing is read, if it has another. */
  nextIf(tag: number): DerValue | null {
    return this.bytes[this.offset] === tag ? this.next() : null;
  }
}

export const DerTag = {
  integer: 0x02,
  octetString: 0x04,
  objectIdentifier: 0x06,
  boolean: 0x01,
  utf8String: 0x0c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;
