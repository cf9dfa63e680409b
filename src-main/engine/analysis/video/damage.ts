import type { DamageMode } from '#shared/model/video';
import type { PictureTable } from './picture-table';

/** Which pictures are shown, in decoding order. Pictures of which nothing is left are never. */
export function shownPictures(
  { count, bytes, segment, isKey, isDamaged, followsGap }: PictureTable,
  mode: DamageMode,
): Uint8Array {
  const shown = new Uint8Array(count);
  let waits = true;
  for (let i = 0; i < count; i += 1) {
    if (mode === 'faithful') {
      shown[i] = bytes[i] > 0 ? 1 : 0;
      continue;
    }
    const isIntact = !isDamaged[i] && bytes[i] > 0;
    const isBreak = !isIntact || followsGap[i] === 1 || (i > 0 && segment[i] !== segment[i - 1]);
    if (isBreak) waits = true;
    if (isIntact && isKey[i]) waits = false;
    shown[i] = waits ? 0 : 1;
  }
  return shown;
}
