import { formatMac } from '../../bytes/addresses';
import { utf8Text } from '../../bytes/text';
import type { SecurityElement, WlanCipher } from '../../protocols/wlan/index';
import type { TemporalKey } from './frame-cipher';
import type { PairwiseKey } from './pairwise-keys';

export interface Nonce {
  readonly bytes: Uint8Array;
  readonly replayCounter: number;
}

/** What became of the handshakes of a station. */
export type KeyOutcome = 'none' | 'no-key' | 'wrong-key' | 'found';

/** A station of a network, and its handshakes. */
export class WlanStation {
  readonly messages: [number, number, number, number] = [0, 0, 0, 0];
  readonly groupMessages: [number, number] = [0, 0];
  /** Of the access point and of the station, the latest last. */
  readonly authenticatorNonces: Nonce[] = [];
  readonly supplicantNonces: Nonce[] = [];
  security: SecurityElement | null = null;
  /** The run of the handshake whose key was derived last. */
  pairwise: PairwiseKey | null = null;
  /** Keys for its data, the latest last. */
  readonly temporal: TemporalKey[] = [];
  outcome: KeyOutcome = 'none';
  handshakes = 0;
  protectedFrames = 0;
  decryptedFrames = 0;
  /** Protected frames that the capture cut short. */
  cutFrames = 0;
  /** Data frames encrypted by WEP. */
  wepFrames = 0;

  constructor(readonly address: Uint8Array) {}
}

/** A network by its BSSID. */
export class WlanNetwork {
  ssid: Uint8Array | null = null;
  rsn: SecurityElement | null = null;
  wpa: SecurityElement | null = null;
  /** The capability field of a beacon says that data is encrypted; null until one was seen. */
  hasPrivacy: boolean | null = null;
  readonly groupKeys: TemporalKey[] = [];
  readonly stations = new Map<number, WlanStation>();
  groupFrames = 0;
  decryptedGroupFrames = 0;

  constructor(
    readonly bssid: Uint8Array,
    readonly firstFrame: number,
  ) {}

  get bssidText(): string {
    return formatMac(this.bssid, 0);
  }

  /** How messages call the network. */
  get title(): string {
    const bssid = this.bssidText;
    return this.ssid === null ? bssid : `'${utf8Text(this.ssid)}' (${bssid})`;
  }

  /** Cipher between the access point and a station: what the station chose, else what the network offers. */
  pairwiseCipher(station: WlanStation, kind: 'rsn' | 'wpa', version: number): WlanCipher {
    const offered = (kind === 'rsn' ? this.rsn : this.wpa) ?? null;
    const said = (station.security ?? offered)?.pairwiseCiphers ?? [];
    return said.find((cipher) => cipher !== 'wep') ?? (version === 1 ? 'tkip' : 'ccmp');
  }

  groupCipher(station: WlanStation, keyLength: number): WlanCipher {
    const said = station.security?.groupCipher ?? this.rsn?.groupCipher ?? this.wpa?.groupCipher ?? null;
    return said ?? (keyLength === 32 ? 'tkip' : 'ccmp');
  }
}
