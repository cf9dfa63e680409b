/** Undoes a compression piece by piece. What comes out goes to the `output` it was made with. */
export interface Decoder {
  /** Resolves when all that can be made of `bytes` has come out; rejects when they are damaged. */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when the compressed data was complete; rejects when it breaks off. */
  end(): Promise<void>;
  close(): void;
}
