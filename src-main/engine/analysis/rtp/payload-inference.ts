import type { PayloadBinding } from '../../protocols/rtp';

/** What the packets of one payload type look like, whatever was said of them. */
export interface PayloadInference {
  /** Null when no format is likely enough. */
  readonly binding: PayloadBinding | null;
  /** 0..1. */
  readonly confidence: number;
  /** The most likely formats, the best first. */
  readonly candidates: readonly { readonly codec: string; readonly confidence: number }[];
  readonly reasons: readonly string[];
  /** They cannot be what was said, or what their payload type means by convention. */
  readonly contradicts: boolean;
}
