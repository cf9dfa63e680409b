import { fixedPidName, looksLikePacket, packetBytes } from '../../../containers/mpeg-ts';
import type { LayerDefinition, LayerInput, LayerWriter } from './layer';
import { hex16, named } from './layer';

const pcrBytes = 6;
const scramblings = named({ 0: 'not scrambled', 1: 'reserved', 2: 'even key', 3: 'odd key' });
const adaptations = named({
  0: 'reserved',
  1: 'payload only',
  2: 'adaptation field only',
  3: 'adaptation field and payload',
});

/** Whether bytes are nothing but packets of a transport stream; what was not captured of them does not count. */
export function isTransportStream({ bytes, start, end, wireEnd }: LayerInput): boolean {
  if (wireEnd <= start || (wireEnd - start) % packetBytes !== 0) return false;
  for (let at = start; at < end; at += packetBytes) if (!looksLikePacket(bytes, at, end)) return false;
  return end - start > 4;
}

const pidAt = (bytes: Uint8Array, at: number): number => ((bytes[at + 1] & 0x1f) << 8) | bytes[at + 2];

/** PIDs of the packets, each once, in their order. */
function pidList({ bytes, start, end }: LayerInput): string {
  const pids = new Set<number>();
  for (let at = start; at + 4 <= end; at += packetBytes) pids.add(pidAt(bytes, at));
  return [...pids].join(', ');
}

function info(input: LayerInput): string {
  const count = (input.wireEnd - input.start) / packetBytes;
  return `${count} ${count === 1 ? 'packet' : 'packets'}, PID ${pidList(input)}`;
}

/** Transport packets (ISO/IEC 13818-1, 2.4.3.2). */
export const mp2tLayer: LayerDefinition = {
  id: 'mp2t',
  title: 'MPEG Transport Stream',
  name: 'MP2T',
  isInside: (transport, input) => transport === 'udp' && isTransportStream(input),
  info,
  dissect(input, out) {
    const { bytes, start, end } = input;
    for (let at = start; at + 4 <= end; at += packetBytes) {
      const pid = pidAt(bytes, at);
      const counter = bytes[at + 3] & 15;
      const name = fixedPidName(pid);
      const title = `PID ${pid}${name ? `, ${name}` : ''}, continuity counter ${counter}`;
      out.group('Packet', at, Math.min(packetBytes, end - at), title, () => writePacket(out, bytes, at, end));
    }
    if (end < input.wireEnd) out.fault(`Cut short: ${input.wireEnd - end} more bytes are expected.`);
    out.summary = info(input);
    return null;
  },
};

function writePacket(out: LayerWriter, bytes: Uint8Array, at: number, end: number): void {
  const flag = (mask: number): string => ((bytes[at + 1] & mask) !== 0 ? 'true' : 'false');
  const control = bytes[at + 3];
  out.field('Transport Error Indicator', at + 1, 1, flag(0x80));
  out.field('Payload Unit Start Indicator', at + 1, 1, flag(0x40));
  out.field('Transport Priority', at + 1, 1, flag(0x20));
  out.field('PID', at + 1, 2, `${pidAt(bytes, at)} (${hex16(pidAt(bytes, at))})`);
  out.field('Transport Scrambling Control', at + 3, 1, scramblings(control >> 6));
  out.field('Adaptation Field Control', at + 3, 1, adaptations((control >> 4) & 3));
  out.field('Continuity Counter', at + 3, 1, String(control & 15));
  if ((control & 0x20) === 0 || at + 5 > end) return;
  const length = bytes[at + 4];
  out.field('Adaptation Field Length', at + 4, 1, String(length));
  if (length === 0 || at + 6 > end) return;
  const flags = bytes[at + 5];
  out.field('Discontinuity Indicator', at + 5, 1, String((flags & 0x80) !== 0));
  out.field('Random Access Indicator', at + 5, 1, String((flags & 0x40) !== 0));
  if ((flags & 0x10) === 0 || at + 6 + pcrBytes > end) return;
  const low = (bytes[at + 7] << 17) | (bytes[at + 8] << 9) | (bytes[at + 9] << 1) | (bytes[at + 10] >> 7);
  const base = bytes[at + 6] * 2 ** 25 + low;
  const extension = ((bytes[at + 10] & 1) << 8) | bytes[at + 11];
  const ticks = base * 300 + extension;
  out.field('Program Clock Reference', at + 6, pcrBytes, `${ticks} (${(ticks / 27e6).toFixed(9)} s)`);
}
