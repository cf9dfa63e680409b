import { presentationOrder } from '#engine/analysis/video/presentation';
import type { VideoPlan } from './video-plan';

const columns = 'picture,time_s,key,damaged,follows_gap,lost_packets,lost_sequence_numbers,first_frame,last_frame';

/**
 * The pictures that losses touched as CSV, in the order of presentation: those that lack packets of their own, and those
 * before which whole pictures may be missing. Times count from the first picture shown; sequence numbers are as sent.
 */
export function damageList({ table, times, firstSeconds }: VideoPlan): string {
  const lines = [columns];
  presentationOrder(times).forEach((picture, position) => {
    const gaps = table.gaps.get(picture) ?? [];
    if (!table.isDamaged[picture] && gaps.length === 0) return;
    const frames = table.frames.subarray(table.frameStart[picture], table.frameStart[picture + 1]);
    const lost = gaps.map(({ first, count }) => {
      const from = first & 0xffff;
      return count === 1 ? `${from}` : `${from}-${(first + count - 1) & 0xffff}`;
    });
    const fields = [
      position + 1,
      (times[picture] - firstSeconds).toFixed(6),
      table.isKey[picture],
      table.isDamaged[picture],
      table.followsGap[picture],
      table.lost[picture],
      lost.join(' '),
      frames[0],
      frames[frames.length - 1],
    ];
    lines.push(fields.join(','));
  });
  return `${lines.join('\r\n')}\r\n`;
}

const sampleColumns = 'picture,time_s,key,damaged,follows_gap,missing_bytes,frame';

/** The same of coded samples, in bytes that are known to be missing in a picture or before it. */
export function sampleDamageList({ table, times, firstSeconds }: VideoPlan, missing: Uint32Array): string {
  const lines = [sampleColumns];
  presentationOrder(times).forEach((picture, position) => {
    if (!table.isDamaged[picture] && !table.followsGap[picture]) return;
    const fields = [
      position + 1,
      (times[picture] - firstSeconds).toFixed(6),
      table.isKey[picture],
      table.isDamaged[picture],
      table.followsGap[picture],
      missing[picture] ?? 0,
      table.frames[table.frameStart[picture]] ?? 0,
    ];
    lines.push(fields.join(','));
  });
  return `${lines.join('\r\n')}\r\n`;
}
