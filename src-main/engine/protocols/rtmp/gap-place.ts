/**
 * Where a gap of `gap` bytes ends when it has nothing but chunks of one message: how many bytes of the message are lost,
 * and how many of the chunk follow. Null when the message ends within it, or it ends in a header.
 */
export function placeBehindGap(
  remaining: number,
  chunkLeft: number,
  gap: number,
  chunkSize: number,
  id: number,
): { lost: number; chunkLeft: number } | null {
  const header = id < 64 ? 1 : id < 320 ? 2 : 3;
  let lost = Math.min(chunkLeft, gap);
  let left = gap - lost;
  let inChunk = chunkLeft - lost;
  while (left > 0) {
    if (lost >= remaining || left < header) return null;
    left -= header;
    inChunk = Math.min(chunkSize, remaining - lost);
    const step = Math.min(inChunk, left);
    lost += step;
    inChunk -= step;
    left -= step;
  }
  return { lost, chunkLeft: inChunk };
}
