/** Whether what an 802.11 network or station sent can be read, and if not, what is lacking. */
export type WlanState =
  /** Nothing of it was encrypted. */
  | 'open'
  /** All encrypted data frames were decrypted. */
  | 'decrypted'
  /** Some were. */
  | 'partly-decrypted'
  /** No key was given for the network. */
  | 'no-key'
  /** A key was given, and the message integrity code of the handshake shows that it is another. */
  | 'wrong-key'
  /** A key was given, and messages of the four-way handshake are not in the capture. */
  | 'no-handshake'
  /** WEP, or key management that cannot be followed. */
  | 'unsupported';

/** A station of a network. */
export interface WlanStationRow {
  readonly address: string;
  readonly state: WlanState;
  /** One sentence. */
  readonly explanation: string;
  /** Messages 1 to 4 of the four-way handshake that were captured, repeated ones included. */
  readonly handshakeMessages: readonly [number, number, number, number];
  /** Both messages of the group key handshake. */
  readonly groupMessages: readonly [number, number];
  /** Handshakes that gave a key. */
  readonly keys: number;
  /** Encrypted data frames to and from the station alone. */
  readonly protectedFrames: number;
  readonly decryptedFrames: number;
}

/** An 802.11 network: one access point, known by its BSSID. */
export interface WlanNetworkRow {
  readonly bssid: string;
  /** Null while it is hidden. */
  readonly ssid: string | null;
  /** `WPA2-PSK (CCMP)`, `WPA3-SAE (CCMP)`, `open`; null when no frame said so. */
  readonly security: string | null;
  readonly state: WlanState;
  readonly explanation: string;
  readonly firstFrame: number;
  /** Encrypted data frames, those to groups included. */
  readonly protectedFrames: number;
  readonly decryptedFrames: number;
  readonly stations: readonly WlanStationRow[];
}
