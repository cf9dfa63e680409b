import type { AccessUnit, AudioCoding, CodedSpan } from '../definition';
import { type AacConfig, parseAacConfig } from './aac-config';

/**
 * AAC as access units: the configuration (AudioSpecificConfig) first, then the frame (raw_data_block). The
 * configuration may come with the packets and change.
 */
export class AacCoding implements AudioCoding {
  readonly sampleRateHz: number;
  readonly channels: number;
  private latest: { readonly bytes: Uint8Array; readonly config: AacConfig | null } | null = null;

  /** `signalled` is null when the configuration comes with the packets; `rateHz` is then the best guess. */
  constructor(signalled: AacConfig | null, rateHz: number, channels: number) {
    this.sampleRateHz = signalled?.sampleRateHz ?? rateHz;
    this.channels = signalled?.channels ?? channels;
  }

  measure({ units: [bytes] }: AccessUnit): CodedSpan {
    if (this.latest?.bytes !== bytes) this.latest = { bytes, config: parseAacConfig(bytes) };
    const { config } = this.latest;
    if (!config) return { samples: 0, sampleRateHz: this.sampleRateHz };
    return { samples: config.coreFrameSamples, sampleRateHz: config.coreRateHz };
  }
}
