/** Shape of linear PCM, 16 bits signed, channels interleaved. */
export interface PcmFormat {
  readonly sampleRateHz: number;
  readonly channels: number;
}

/**
 * File format of linear PCM that can be written as a stream: the header for no samples first, then samples,
 * at the end the header once more over the first one, now with the true length.
 */
export interface PcmContainer {
  readonly extension: string;
  readonly mime: string;
  /** Bytes of samples that the length field can express. */
  readonly maxDataBytes: number;
  /** Header for `samples` samples per channel; its length depends on the format alone. */
  header(format: PcmFormat, samples: number): Uint8Array;
  /** Writes samples in the byte order of the file; `target` has room for two bytes each. Returns bytes written. */
  encode(samples: Int16Array, target: Uint8Array): number;
}
