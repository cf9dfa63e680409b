import type { DecryptionSecrets } from '../../capture/notes';
import { type ConnectionSecrets, type SecretOrigin, TlsKeyLog } from '../../protocols/tls/index';

/** Type of a Decryption Secrets Block that holds a TLS key log (draft-ietf-opsawg-pcapng, section 4.7). */
const tlsKeyLogBlock = 0x544c_534b;

/** Contents of key logs, and whose they are. */
export interface KeyLogText {
  readonly bytes: Uint8Array;
  readonly origin: SecretOrigin;
}

/** All secrets of TLS that an analysis has: of key log files from the beginning, of the capture as it is read. */
export class TlsSecrets {
  private readonly log = new TlsKeyLog();
  private readonly counts: Record<SecretOrigin, number> = { 'key-log': 0, capture: 0 };
  private readonly taken: KeyLogText[] = [];
  private next = 0;

  /** @param blocks secrets that the capture has told of until now */
  constructor(
    given: readonly KeyLogText[],
    private readonly blocks: () => readonly DecryptionSecrets[],
  ) {
    for (const { bytes, origin } of given) this.counts[origin] += this.log.add(bytes, origin).secrets;
  }

  of(clientRandom: Uint8Array): ConnectionSecrets | null {
    this.refresh();
    return this.log.of(clientRandom);
  }

  /** Secrets read from key log files. */
  get keyLogCount(): number {
    return this.counts['key-log'];
  }

  /** Secrets read from the capture itself. */
  get captureCount(): number {
    this.refresh();
    return this.counts.capture;
  }

  /** Key logs that the capture carries along, for reading it once more. */
  get captureKeyLogs(): readonly KeyLogText[] {
    this.refresh();
    return this.taken;
  }

  private refresh(): void {
    const blocks = this.blocks();
    for (; this.next < blocks.length; this.next += 1) {
      const { type, bytes } = blocks[this.next];
      if (type !== tlsKeyLogBlock) continue;
      this.taken.push({ bytes, origin: 'capture' });
      this.counts.capture += this.log.add(bytes, 'capture').secrets;
    }
  }
}
