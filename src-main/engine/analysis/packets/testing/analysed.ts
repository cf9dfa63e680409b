import type { PacketRow } from '#shared/model/packet';
import { MemorySource } from '../../../capture/byte-source';
import { buildPcap } from '../../../capture/testing/capture-builder';
import { CaptureAnalysis } from '../../pipeline/capture-analysis';

/** An analysis of frames that follow each other by `stepNs`, read to the end unless `isLoading`. */
export function analysed(
  frames: readonly Uint8Array[],
  { stepNs = 1_000_000n, linkType = 1, isLoading = false } = {},
): CaptureAnalysis {
  const records = frames.map((bytes, i) => ({ bytes, timeNs: BigInt(i) * stepNs }));
  const opened = CaptureAnalysis.open(new MemorySource(buildPcap(records, { linkType, isNano: true })));
  if (!opened.ok) throw new Error(opened.error.message);
  while (opened.value.ingest(() => false));
  if (!isLoading) opened.value.finish();
  return opened.value;
}

/** Rows of a page, after all the work it takes. */
export function packetRows(
  { frameTable: { list } }: CaptureAnalysis,
  order: { filter?: string; sort?: { column: string; direction: 'asc' | 'desc' } } = {},
): PacketRow[] {
  list.page({ offset: 0, limit: 1, ...order });
  while (list.work(() => true));
  return list.page({ offset: 0, limit: 1000, ...order }).rows as unknown as PacketRow[];
}
