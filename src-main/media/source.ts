import type { CaptureLocation } from './capture-location';
import type { RenderSource } from './lanes';
import { PayloadReader } from './payload-reader';

/** Streams with the file or files that their payloads lie in. */
export interface MediaInput extends RenderSource {
  readonly capturePath: CaptureLocation;
  /** Bytes of the file when it was opened: fewer now mean that it was changed. */
  readonly captureBytes: number;
}

/** Opens the capture for the time that `use` takes. */
export async function withReader<T>(input: MediaInput, use: (reader: PayloadReader) => Promise<T>): Promise<T> {
  const reader = PayloadReader.open(input.capturePath, input.captureBytes);
  try {
    return await use(reader);
  } finally {
    reader.close();
  }
}
