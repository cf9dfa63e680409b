import type { CipherSuite } from './cipher-suite';
import { equalBytes } from './cipher-suite';

/**
 * Opens CCM (RFC 3610): `data` is the ciphertext with its tag of `tagLength` bytes behind it. What the nonce (13 bytes
 * in 802.11, 12 in TLS) leaves of 15 bytes is the length field. Null when the tag does not match.
 */
export function ccmOpen(
  suite: CipherSuite,
  key: Uint8Array,
  nonce: Uint8Array,
  associatedData: Uint8Array,
  data: Uint8Array,
  tagLength: number,
): Uint8Array | null {
  const length = data.length - tagLength;
  if (length < 0 || length > 0xffff) return null;
  // The tag is masked by the counter's block 0, the payload by those from 1 on.
  const masked = new Uint8Array(16 + length);
  masked.set(data.subarray(length));
  masked.set(data.subarray(0, length), 16);
  const counter = new Uint8Array(16);
  const lengthOfLength = 15 - nonce.length;
  counter[0] = lengthOfLength - 1;
  counter.set(nonce, 1);
  const opened = suite.aesCtr(key, counter, masked);
  const plain = opened.subarray(16);
  const associated = (2 + associatedData.length + 15) & ~15;
  const input = new Uint8Array(16 + associated + ((length + 15) & ~15));
  input[0] = 0x40 | (((tagLength - 2) / 2) << 3) | (lengthOfLength - 1);
  input.set(nonce, 1);
  input[14] = length >> 8;
  input[15] = length & 0xff;
  input[16] = associatedData.length >> 8;
  input[17] = associatedData.length & 0xff;
  input.set(associatedData, 18);
  input.set(plain, 16 + associated);
  const tag = suite.aesCbcMac(key, input).subarray(0, tagLength);
  return equalBytes(tag, opened.subarray(0, tagLength)) ? plain : null;
}
