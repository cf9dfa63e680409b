import type { RtpPacketStatus } from '#shared/model/stream';
import type { Palette } from '../../widgets/palette';

/** How a packet's status is written and coloured. */
export const statusMarks: Readonly<
  Record<RtpPacketStatus, { readonly label: string; readonly colour: keyof Palette; readonly shape: 'dot' | 'ring' }>
> = {
  ok: { label: 'OK', colour: 'good', shape: 'ring' },
  'lost-before': { label: 'lost before', colour: 'lost', shape: 'dot' },
  reordered: { label: 'reordered', colour: 'reordered', shape: 'dot' },
  duplicate: { label: 'duplicate', colour: 'duplicate', shape: 'dot' },
  restart: { label: 'restart', colour: 'restart', shape: 'dot' },
  'comfort-noise': { label: 'comfort noise', colour: 'silence', shape: 'ring' },
  dtmf: { label: 'DTMF', colour: 'dtmf', shape: 'dot' },
  truncated: { label: 'cut short', colour: 'truncated', shape: 'dot' },
};

/** `3 lost before` for a packet after a gap. */
export function statusText(status: RtpPacketStatus, lostBefore: number): string {
  const { label } = statusMarks[status];
  return status === 'lost-before' && lostBefore > 0 ? `${lostBefore} ${label}` : label;
}
