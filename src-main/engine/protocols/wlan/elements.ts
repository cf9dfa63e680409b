import { u16le } from '../../bytes/integers';

/** Ciphers of IEEE 802.11-2020, table 9-149, that can be told from each other. */
export type WlanCipher = 'wep' | 'tkip' | 'ccmp' | 'ccmp-256' | 'gcmp' | 'gcmp-256';

/** What a network or a station says of its security: element RSN (clause 9.4.2.24) or its forerunner WPA. */
export interface SecurityElement {
  readonly kind: 'rsn' | 'wpa';
  readonly groupCipher: WlanCipher | null;
  readonly pairwiseCiphers: readonly WlanCipher[];
  /** Suite types of key management below 00-0F-AC (table 9-151): 2 is PSK, 8 is SAE. */
  readonly keyManagement: readonly number[];
}

export interface WlanElements {
  /** Bytes of the SSID; null when there is none, or it is hidden. */
  readonly ssid: Uint8Array | null;
  readonly rsn: SecurityElement | null;
  readonly wpa: SecurityElement | null;
}

const SSID = 0;
const RSN = 48;
const VENDOR = 221;
/** 00-50-F2, type 1: WPA. */
const WPA_TYPE = 0x0050_f201;
const CIPHERS: ReadonlyMap<number, WlanCipher> = new Map<number, WlanCipher>([
  [1, 'wep'],
  [2, 'tkip'],
  [4, 'ccmp'],
  [5, 'wep'],
  [8, 'gcmp'],
  [9, 'gcmp-256'],
  [10, 'ccmp-256'],
]);
/** A list of suites is that of a sane device up to here. */
const MOST_SUITES = 32;

/** Elements in `bytes[start..end)`: those of a management frame, or of key data. Damaged ones end the reading. */
export function parseElements(bytes: Uint8Array, start: number, end: number): WlanElements {
  let ssid: Uint8Array | null = null;
  let rsn: SecurityElement | null = null;
  let wpa: SecurityElement | null = null;
  for (let at = start; at + 2 <= end; ) {
    const id = bytes[at];
    const from = at + 2;
    const to = from + bytes[at + 1];
    if (to > end) break;
    if (id === SSID && ssid === null) ssid = visibleSsid(bytes, from, to);
    else if (id === RSN && rsn === null) rsn = parseSuites('rsn', bytes, from, to);
    else if (id === VENDOR && wpa === null && to - from >= 6 && suiteAt(bytes, from) === WPA_TYPE) {
      wpa = parseSuites('wpa', bytes, from + 4, to);
    }
    at = to;
  }
  return { ssid, rsn, wpa };
}

function visibleSsid(bytes: Uint8Array, from: number, to: number): Uint8Array | null {
  const ssid = bytes.slice(from, to);
  return ssid.length > 32 || ssid.every((byte) => byte === 0) ? null : ssid;
}

const suiteAt = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;

function parseSuites(kind: 'rsn' | 'wpa', bytes: Uint8Array, start: number, end: number): SecurityElement {
  const cipherAt = (at: number): WlanCipher | null => CIPHERS.get(bytes[at + 3]) ?? null;
  // Whatever is left out has the default of the standard: CCMP, or TKIP before it.
  const byDefault: WlanCipher = kind === 'rsn' ? 'ccmp' : 'tkip';
  let at = start + 2;
  const groupCipher = at + 4 <= end ? cipherAt(at) : byDefault;
  at += 4;
  const list = <T>(read: (at: number) => T): T[] => {
    if (at + 2 > end) return [];
    const count = Math.min(MOST_SUITES, u16le(bytes, at));
    at += 2;
    const found: T[] = [];
    for (let i = 0; i < count && at + 4 <= end; i += 1, at += 4) found.push(read(at));
    return found;
  };
  const ciphers = list(cipherAt);
  const keyManagement = list((suite) => bytes[suite + 3]);
  return {
    kind,
    groupCipher,
    pairwiseCiphers: ciphers.length === 0 ? [byDefault] : ciphers.filter((cipher) => cipher !== null),
    keyManagement,
  };
}
