import { type FileHandle, open } from 'node:fs/promises';
import { annexB } from '#engine/containers/annex-b';
import { ivfFrameHeader, ivfHeader } from '#engine/containers/ivf';
import type { PayloadReader } from '../payload-reader';
import { codedPictures, type VideoPlan } from './video-plan';

const ivfCodes: Readonly<Record<string, string>> = { vp8: 'VP80', vp9: 'VP90', av1: 'AV01' };

/**
 * Writes the coded bits as the format's own kind of file: NAL units behind start codes, IVF, or pictures one after the
 * other. Parameter sets that were only signalled go first, without them nobody could decode it.
 */
export async function writeElementary(
  path: string,
  plan: VideoPlan,
  reader: PayloadReader,
  { signal, onTime }: { readonly signal?: AbortSignal; readonly onTime?: (seconds: number) => void },
): Promise<void> {
  const { table, description, shownCount, firstSeconds } = plan;
  const { id } = table.format.codec;
  const { clockRateHz } = table.format.parameters;
  const ivf = ivfCodes[id];
  const hasNalUnits = id === 'h264' || id === 'h265';
  const file = await open(path, 'wx');
  try {
    if (ivf) {
      const { width = 0, height = 0 } = description ?? {};
      await write(file, ivfHeader(ivf, { width, height, clockRateHz, frames: shownCount }));
    }
    if (table.hasOnlySignalledSets) {
      await write(file, hasNalUnits ? annexB(table.parameterSets) : (table.parameterSets[0] ?? new Uint8Array(0)));
    }
    for (const { units, timeSeconds } of codedPictures(plan, reader)) {
      signal?.throwIfAborted();
      const bytes = hasNalUnits ? annexB(units) : units[0];
      if (ivf) await write(file, ivfFrameHeader(bytes.length, (timeSeconds - firstSeconds) * clockRateHz));
      await write(file, bytes);
      onTime?.(timeSeconds - firstSeconds);
    }
  } finally {
    await file.close();
  }
}

async function write(file: FileHandle, bytes: Uint8Array): Promise<void> {
  if (bytes.length > 0) await file.appendFile(bytes);
}
