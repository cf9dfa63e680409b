import { u16be, u32be } from '../../bytes/integers';

/** Which message of the 4-way handshake or of the group key handshake (IEEE 802.11-2020, clauses 12.7.6, 12.7.7). */
export type KeyMessage = 1 | 2 | 3 | 4 | 'group-1' | 'group-2';

/** An EAPOL-Key frame (clause 12.7.2). */
export interface KeyFrame {
  readonly message: KeyMessage;
  /** Of RSN, or of WPA before it. */
  readonly kind: 'rsn' | 'wpa';
  /** Key descriptor version: 1 HMAC-MD5 and RC4, 2 HMAC-SHA1 and AES, 3 AES-CMAC, 0 as key management says. */
  readonly version: number;
  /** The sender is the access point. */
  readonly isFromAuthenticator: boolean;
  readonly isDataEncrypted: boolean;
  /** Key index of a WPA group key. */
  readonly keyId: number;
  /** Exact up to 2^53. */
  readonly replayCounter: number;
  readonly nonce: Uint8Array;
  readonly iv: Uint8Array;
  readonly mic: Uint8Array;
  readonly data: Uint8Array;
  /** The whole EAPOL frame with its MIC zeroed: what the MIC was computed over. */
  readonly authenticated: Uint8Array;
}

const EAPOL_KEY = 3;
const DESCRIPTOR_RSN = 2;
const DESCRIPTOR_WPA = 254;

/** Bits of the key information field. */
const PAIRWISE = 0x0008;
const ACK = 0x0080;
const MIC = 0x0100;
const ERROR = 0x0400;
const REQUEST = 0x0800;
const ENCRYPTED = 0x1000;

/** Offsets in the EAPOL frame; lengths of the MIC by key management. */
const INFORMATION = 5;
const REPLAY_COUNTER = 9;
const NONCE = 17;
const IV = 49;
const MIC_START = 81;
const MIC_LENGTHS = [16, 24];

/** The EAPOL-Key frame in `bytes[start..end)`; null when it is another or a damaged one. Copies what it keeps. */
export function parseKeyFrame(bytes: Uint8Array, start: number, end: number): KeyFrame | null {
  if (start + MIC_START + 18 > end || bytes[start + 1] !== EAPOL_KEY) return null;
  const descriptor = bytes[start + 4];
  if (descriptor !== DESCRIPTOR_RSN && descriptor !== DESCRIPTOR_WPA) return null;
  const length = 4 + u16be(bytes, start + 2);
  if (start + length > end) return null;
  const whole = bytes.slice(start, start + length);
  // The length of the MIC is told nowhere: it is that with which the lengths add up.
  const micLength = MIC_LENGTHS.find((each) => dataEnd(whole, each) === length) ?? MIC_LENGTHS[0];
  const dataStart = MIC_START + micLength + 2;
  const to = dataEnd(whole, micLength);
  if (to > length) return null;
  const information = u16be(whole, INFORMATION);
  const data = whole.subarray(dataStart, to);
  const message = messageOf(information, data.length);
  if (message === null) return null;
  const authenticated = whole.slice();
  authenticated.fill(0, MIC_START, MIC_START + micLength);
  return {
    message,
    kind: descriptor === DESCRIPTOR_RSN ? 'rsn' : 'wpa',
    version: information & 7,
    isFromAuthenticator: (information & ACK) !== 0,
    isDataEncrypted: (information & ENCRYPTED) !== 0,
    keyId: (information >> 4) & 3,
    replayCounter: u32be(whole, REPLAY_COUNTER) * 0x1_0000_0000 + u32be(whole, REPLAY_COUNTER + 4),
    nonce: whole.subarray(NONCE, NONCE + 32),
    iv: whole.subarray(IV, IV + 16),
    mic: whole.subarray(MIC_START, MIC_START + micLength),
    data,
    authenticated,
  };
}

function dataEnd(whole: Uint8Array, micLength: number): number {
  const at = MIC_START + micLength;
  return at + 2 <= whole.length ? at + 2 + u16be(whole, at) : Number.POSITIVE_INFINITY;
}

function messageOf(information: number, dataLength: number): KeyMessage | null {
  if ((information & (ERROR | REQUEST)) !== 0) return null;
  const isAck = (information & ACK) !== 0;
  const hasMic = (information & MIC) !== 0;
  if ((information & PAIRWISE) === 0) return hasMic ? (isAck ? 'group-1' : 'group-2') : null;
  if (isAck) return hasMic ? 3 : 1;
  if (!hasMic) return null;
  // The second message carries the station's element, the fourth nothing (as the secure bit is not set in all).
  return dataLength === 0 ? 4 : 2;
}

/** A group key as the third message or the group key handshake of RSN brings it (clause 12.7.2, figure 12-38). */
export interface GroupKeyData {
  readonly keyId: number;
  readonly key: Uint8Array;
}

const VENDOR = 221;

/** Group keys in opened key data, and the elements among it are left to `parseElements`. */
export function groupKeysOf(data: Uint8Array): GroupKeyData[] {
  const keys: GroupKeyData[] = [];
  for (let at = 0; at + 2 <= data.length; ) {
    const end = at + 2 + data[at + 1];
    // Padding is 0xDD and zeros.
    if (end > data.length || (data[at] === VENDOR && data[at + 1] === 0)) break;
    const isGroupKey = data[at] === VENDOR && end - at >= 8 + 16 && u32be(data, at + 2) === 0x000f_ac01;
    if (isGroupKey) keys.push({ keyId: data[at + 6] & 3, key: data.slice(at + 8, end) });
    at = end;
  }
  return keys;
}
