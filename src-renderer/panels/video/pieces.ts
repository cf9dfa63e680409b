import type { VideoPiece } from '#shared/model/video';

/** Rounding of times to ticks: what lies so close follows. */
const toleranceSeconds = 0.05;

/** The piece that goes on from a time, the longest of several; null when it is not made. Pieces are in order of start. */
export function nextPiece(pieces: readonly VideoPiece[], seconds: number): VideoPiece | null {
  let best: VideoPiece | null = null;
  for (const piece of pieces) {
    if (piece.startSeconds > seconds + toleranceSeconds) break;
    if (piece.endSeconds > seconds + toleranceSeconds && (!best || piece.endSeconds > best.endSeconds)) best = piece;
  }
  return best;
}
