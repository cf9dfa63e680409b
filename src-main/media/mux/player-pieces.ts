import type { DamageMode } from '#shared/model/video';
import { PayloadReader } from '../payload-reader';
import { type PieceOptions, soundPieces, transcodePieces } from './pieces';
import { knownPlan, planInput, soundOf, type VideoInput } from './video-file';

/** What is to be made of a video that the window cannot play as it is. Times are seconds of the video. */
export interface PieceRequest extends Pick<PieceOptions, 'ffmpegPath' | 'path' | 'originSeconds' | 'durationSeconds'> {
  /** Path that the video was asked for with: what was found out of its pictures then is still known. */
  readonly planKey: string;
  readonly mode: DamageMode;
  readonly fromSeconds: number;
  readonly untilSeconds: number;
}

type Reporting = Pick<PieceOptions, 'signal' | 'onPiece'>;

/** Makes pieces of the picture. What is in the file when it fails can be played. */
export function makePicturePieces(input: VideoInput, request: PieceRequest, options: Reporting): Promise<void> {
  return withReader(input, (reader) => {
    const plan = knownPlan(request.planKey) ?? planInput(input, reader, request.mode);
    return transcodePieces(plan, reader, { ...request, ...options });
  });
}

/** Makes pieces of the sound that belongs to a picture, from its beginning to its end. */
export function makeSoundPieces(input: VideoInput, request: PieceRequest, options: Reporting): Promise<void> {
  return withReader(input, async (reader) => {
    const { signal } = options;
    const heard = await soundOf(input, reader, { signal });
    try {
      const pcm = heard && (await heard.pcm({ ffmpegPath: request.ffmpegPath, signal }));
      if (pcm) await soundPieces(pcm, { ...request, ...options }).finally(() => pcm.close());
    } finally {
      heard?.close();
    }
  });
}

async function withReader<T>({ capturePath, captureBytes }: VideoInput, use: (reader: PayloadReader) => Promise<T>) {
  const reader = PayloadReader.open(capturePath, captureBytes);
  try {
    return await use(reader);
  } finally {
    reader.close();
  }
}
