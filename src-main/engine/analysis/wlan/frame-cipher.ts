import { ccmOpen } from '../../crypto/ccm';
import { type CipherSuite, concatBytes, equalBytes } from '../../crypto/cipher-suite';
import { michael, tkipOpen } from '../../crypto/tkip';
import type { WlanCipher } from '../../protocols/wlan/index';

/** A key that data frames are encrypted by. */
export interface TemporalKey {
  readonly cipher: WlanCipher;
  readonly key: Uint8Array;
  /** Index of a group key; -1 for a pairwise key. */
  readonly keyId: number;
  /** Frame that gave it: it opens no earlier one. */
  readonly fromFrame: number;
}

/** A protected data frame: where its parts lie in `header`, which begins at the 802.11 header. */
export interface ProtectedFrame {
  readonly bytes: Uint8Array;
  /** Offset of the 802.11 header in `bytes`. */
  readonly header: number;
  /** Frame control as it is on the air. */
  readonly control: number;
  readonly flags: number;
  /** Initialization vector, data, integrity code. */
  readonly body: Uint8Array;
}

const FROM_DS = 0x02;
const BOTH_DS = 0x03;
const MORE_FRAGMENTS = 0x04;
const QOS = 0x80;

const qosOffset = ({ flags }: ProtectedFrame): number => ((flags & BOTH_DS) === BOTH_DS ? 30 : 24);
/** Traffic identifier; 0 without QoS. */
const priorityOf = (frame: ProtectedFrame): number =>
  (frame.control & QOS) === 0 ? 0 : frame.bytes[frame.header + qosOffset(frame)] & 0x0f;

/** The plain body of a frame; null when its integrity code is not by this key. */
export function openFrame(suite: CipherSuite, { cipher, key }: TemporalKey, frame: ProtectedFrame): Uint8Array | null {
  switch (cipher) {
    case 'ccmp':
      return openCcmp(suite, key, frame, 8);
    case 'ccmp-256':
      return openCcmp(suite, key, frame, 16);
    case 'gcmp':
    case 'gcmp-256':
      return openGcmp(suite, key, frame);
    case 'tkip':
      return openTkip(key, frame);
    default:
      return null;
  }
}

/** CCMP and GCMP header: packet number, key identifier (clause 12.5.3.2). */
const headerLength = 8;

function packetNumber(body: Uint8Array): Uint8Array {
  return Uint8Array.of(body[7], body[6], body[5], body[4], body[1], body[0]);
}

/** Clauses 12.5.3.3.3 and 12.5.3.3.4. */
function openCcmp(suite: CipherSuite, key: Uint8Array, frame: ProtectedFrame, micLength: number): Uint8Array | null {
  const { body, bytes, header } = frame;
  if (body.length < headerLength + micLength) return null;
  const nonce = concatBytes(
    Uint8Array.of(priorityOf(frame)),
    bytes.subarray(header + 10, header + 16),
    packetNumber(body),
  );
  return ccmOpen(suite, key, nonce, associatedData(frame), body.subarray(headerLength), micLength);
}

/** Clause 12.5.5.3. */
function openGcmp(suite: CipherSuite, key: Uint8Array, frame: ProtectedFrame): Uint8Array | null {
  const { body, bytes, header } = frame;
  const end = body.length - 16;
  if (end < headerLength) return null;
  const nonce = concatBytes(bytes.subarray(header + 10, header + 16), packetNumber(body));
  return suite.aesGcmOpen(key, nonce, associatedData(frame), body.subarray(headerLength, end), body.subarray(end));
}

/** What the integrity code covers of the header: fields that change when a frame is sent again are masked out. */
function associatedData(frame: ProtectedFrame): Uint8Array {
  const { bytes, control, flags, header } = frame;
  const hasQos = (control & QOS) !== 0;
  const qosAt = qosOffset(frame);
  // The duration is left out.
  const length = qosAt - 2;
  const data = new Uint8Array(length + (hasQos ? 2 : 0));
  data[0] = control & 0x8f;
  data[1] = (flags & (hasQos ? 0x47 : 0xc7)) | 0x40;
  data.set(bytes.subarray(header + 4, header + qosAt), 2);
  // The fragment's number stays, the sequence number does not.
  data[20] &= 0x0f;
  data[21] = 0;
  if (hasQos) data[length] = priorityOf(frame);
  return data;
}

/** Clause 12.5.2: the ICV shows that the key is right; Michael, over whole MSDUs only, that nobody forged it. */
function openTkip(key: Uint8Array, frame: ProtectedFrame): Uint8Array | null {
  const { body, bytes, flags, header } = frame;
  const plain = tkipOpen(key.subarray(0, 16), bytes.subarray(header + 10, header + 16), body);
  if (plain === null || (flags & MORE_FRAGMENTS) !== 0 || (bytes[header + 22] & 0x0f) !== 0) return plain;
  const end = plain.length - 8;
  if (end < 0) return null;
  const at = (offset: number): Uint8Array => bytes.subarray(header + offset, header + offset + 6);
  const ds = flags & BOTH_DS;
  const destination = (ds & 1) === 0 ? at(4) : at(16);
  const source = ds === BOTH_DS ? at(24) : ds === FROM_DS ? at(16) : at(10);
  const keyAt = (ds & FROM_DS) === 0 ? 24 : 16;
  const covered = concatBytes(destination, source, Uint8Array.of(priorityOf(frame), 0, 0, 0), plain.subarray(0, end));
  const isGenuine = equalBytes(michael(key.subarray(keyAt, keyAt + 8), covered), plain.subarray(end));
  return isGenuine ? plain.subarray(0, end) : null;
}
