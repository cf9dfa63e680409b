/** Whether what a TLS connection carried can be read, and if not, what is lacking. */
export type TlsState =
  /** All its records were decrypted. */
  | 'decrypted'
  /** Some were; others did not authenticate, or their keys are lacking. */
  | 'partly decrypted'
  /** No secret was given for its client random. */
  | 'no key'
  /** The hellos are not in the capture. */
  | 'no handshake'
  /** Its version, cipher suite or compression is none that Tapdeck decrypts. */
  | 'unsupported'
  /** There were secrets, and no record authenticated under them. */
  | 'not authentic'
  /** Nothing was protected: it ended before. */
  | 'not established';

/** What the secrets of TLS open in a capture. */
export interface TlsSummary {
  /** Secrets read from key log files, and from the capture itself (Decryption Secrets Blocks). Never the secrets. */
  readonly keyLogSecrets: number;
  readonly captureSecrets: number;
  readonly connections: number;
  readonly decrypted: number;
  /** What is not or not wholly decrypted: how many connections, by state, with one sentence each. */
  readonly closed: readonly { readonly state: TlsState; readonly count: number; readonly explanation: string }[];
}
