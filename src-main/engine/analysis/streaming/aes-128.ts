import { ExtentReader } from '../../bytes/extent-reader';
import { Extents, missingBytes } from '../../bytes/extents';
import type { CipherSuite } from '../../crypto/cipher-suite';
import type { CaptureBytes } from '../../store/capture-bytes';

const block = 16;
/** Whole blocks that are decrypted at once. */
const chunk = 1 << 20;

/**
 * Decrypts a segment (RFC 8216, section 4.3.2.4: AES-128 in CBC mode, PKCS7 padding). Without an IV the sequence number
 * stands for it. A hole of the ciphertext is one of the plain text, with the block behind it.
 */
export function openAes128(
  sent: Extents,
  key: Uint8Array,
  iv: Uint8Array | null,
  sequence: number,
  bytes: CaptureBytes,
  ciphers: CipherSuite,
): Extents {
  const reader = new ExtentReader(bytes, sent);
  const plain = new Extents();
  const whole = reader.size - (reader.size % block);
  let before = iv ?? sequenceIv(sequence);
  for (let at = 0; at < whole; at += chunk) {
    const cipher = reader.read(at, Math.min(chunk, whole - at)).slice();
    const opened = ciphers.aesDecryptBlocks(key, cipher);
    for (let i = 0; i < opened.length; i += 1) opened[i] ^= i < block ? before[i] : cipher[i - block];
    before = cipher.slice(-block);
    const isLast = at + chunk >= whole;
    const length = isLast ? withoutPadding(opened) : opened.length;
    pushPlain(plain, reader, at, opened, length, bytes);
  }
  return plain;
}

/** Appends what is plain; what depends on lost ciphertext is a hole. */
function pushPlain(
  plain: Extents,
  reader: ExtentReader,
  at: number,
  opened: Uint8Array,
  length: number,
  bytes: CaptureBytes,
): void {
  const isLost = (from: number, to: number): boolean => {
    const first = Math.max(0, at + from - block);
    return reader.missingIn(first, at + to - first) > 0;
  };
  if (!isLost(0, length)) {
    plain.push(bytes.keep(opened, 0, length), length);
    return;
  }
  for (let i = 0; i < length; i += block) {
    const size = Math.min(block, length - i);
    plain.push(isLost(i, i + block) ? missingBytes : bytes.keep(opened, i, i + size), size);
  }
}

function withoutPadding(bytes: Uint8Array): number {
  const padding = bytes[bytes.length - 1] ?? 0;
  return padding >= 1 && padding <= block ? bytes.length - padding : bytes.length;
}

/** The number as 16 bytes, big-endian (RFC 8216, section 5.2). */
function sequenceIv(sequence: number): Uint8Array {
  const iv = new Uint8Array(block);
  const view = new DataView(iv.buffer);
  view.setUint32(8, Math.floor(sequence / 2 ** 32));
  view.setUint32(12, sequence >>> 0);
  return iv;
}
