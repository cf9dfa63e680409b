import { u16be, u32be } from '../../../bytes/integers';
import { utf8Text } from '../../../bytes/text';
import { RtcpKind, recognizeRtcp } from '../../../protocols/rtcp';
import type { LayerDefinition, LayerInput, LayerWriter } from './layer';
import { hex32, named } from './layer';

const typeNames: Readonly<Record<number, string>> = {
  192: 'FIR',
  193: 'NACK',
  200: 'Sender Report',
  201: 'Receiver Report',
  202: 'Source Description',
  203: 'Goodbye',
  204: 'Application-Defined',
  205: 'Transport Layer Feedback',
  206: 'Payload-Specific Feedback',
  207: 'Extended Report',
};
const itemNames: Readonly<Record<number, string>> = {
  1: 'CNAME',
  2: 'NAME',
  3: 'EMAIL',
  4: 'PHONE',
  5: 'LOC',
  6: 'TOOL',
  7: 'NOTE',
  8: 'PRIV',
};

const isRtcp = ({ bytes, start, end, wireEnd }: LayerInput): boolean =>
  recognizeRtcp(bytes, start, end, wireEnd - end) !== RtcpKind.none;

/** RTCP (RFC 3550, section 6), in flows that the analysis took for it. */
export const rtcpLayer: LayerDefinition = {
  id: 'rtcp',
  title: 'RTP Control Protocol',
  isInside: (transport, input) => transport === 'udp' && isRtcp(input) && input.around.links.hasRtcp(input.around.flow),
  info({ bytes, start, end }) {
    const names: string[] = [];
    for (let at = start; at + 4 <= end && bytes[at] >> 6 === 2; at += 4 * (u16be(bytes, at + 2) + 1)) {
      names.push(typeNames[bytes[at + 1]] ?? `type ${bytes[at + 1]}`);
    }
    return names.join(', ');
  },
  dissect(input, out) {
    const { bytes, start, end, wireEnd } = input;
    out.summary = rtcpLayer.info?.(input) ?? '';
    let at = start;
    while (at < wireEnd) {
      if (!out.has(at, 4)) return null;
      if (bytes[at] >> 6 !== 2) {
        out.fault('What follows is no RTCP packet (it may be encrypted).');
        out.data('Data', at, end - at);
        return null;
      }
      const length = 4 * (u16be(bytes, at + 2) + 1);
      const packetEnd = Math.min(end, at + length);
      const from = at;
      const type = bytes[at + 1];
      out.group(typeNames[type] ?? `Packet ${type}`, at, packetEnd - at, `${length} bytes`, () => {
        const count = bytes[from] & 0x1f;
        out.field('Padding', from, 1, (bytes[from] & 0x20) !== 0 ? 'true' : 'false');
        out.field(type === 202 || type === 203 ? 'Source Count' : 'Reception Report Count', from, 1, String(count));
        out.field('Packet Type', from + 1, 1, named(typeNames)(type));
        out.field('Length', from + 2, 2, `${u16be(bytes, from + 2)} (${length} bytes)`);
        writeBody(out, type, count, from + 4, packetEnd);
      });
      if (at + length > wireEnd) out.fault('The last packet goes past its datagram.');
      at += length;
    }
    return null;
  },
};

function writeBody(out: LayerWriter, type: number, count: number, start: number, end: number): void {
  if (type === 200 || type === 201) writeReport(out, type, count, start, end);
  else if (type === 202) writeDescriptions(out, count, start, end);
  else if (type === 203) {
    for (let i = 0; i < count && start + 4 * i + 4 <= end; i += 1) out.u32('SSRC', start + 4 * i, hex32);
    const at = start + 4 * count;
    if (at < end)
      out.field('Reason for Leaving', at, end - at, utf8Text(out.bytes, at + 1, Math.min(end, at + 1 + out.bytes[at])));
  } else {
    if (start + 4 <= end) out.u32('SSRC of Packet Sender', start, hex32);
    out.data('Data', start + 4, end - start - 4);
  }
}

function writeReport(out: LayerWriter, type: number, count: number, start: number, end: number): void {
  if (start + 4 > end) return;
  out.u32('SSRC of Sender', start, hex32);
  let at = start + 4;
  if (type === 200 && at + 20 <= end) {
    const { bytes } = out;
    const seconds = u32be(bytes, at);
    // NTP counts from 1900 (RFC 5905, section 6).
    const epochMs = Math.round((seconds - 2_208_988_800 + u32be(bytes, at + 4) / 2 ** 32) * 1000);
    out.field('NTP Timestamp', at, 8, seconds === 0 ? '0' : new Date(epochMs).toISOString());
    out.u32('RTP Timestamp', at + 8);
    out.u32('Sender’s Packet Count', at + 12);
    out.u32('Sender’s Octet Count', at + 16);
    at += 20;
  }
  for (let i = 0; i < count && at + 24 <= end; i += 1, at += 24) {
    const block = at;
    const { bytes } = out;
    out.group(`Report Block ${i + 1}`, block, 24, hex32(u32be(bytes, block)), () => {
      out.u32('SSRC', block, hex32);
      out.u8('Fraction Lost', block + 4, (value) => `${value} / 256`);
      out.field('Cumulative Number of Packets Lost', block + 5, 3, String((u32be(bytes, block + 4) << 8) >> 8));
      out.u32('Extended Highest Sequence Number Received', block + 8);
      out.u32('Interarrival Jitter', block + 12);
      out.u32('Last SR', block + 16, hex32);
      out.u32('Delay Since Last SR', block + 20, (value) => `${((value * 1000) / 65536).toFixed(3)} ms`);
    });
  }
  if (at < end) out.data('Profile-Specific Extensions', at, end - at);
}

/** Chunks of items (RFC 3550, section 6.5). */
function writeDescriptions(out: LayerWriter, count: number, start: number, end: number): void {
  const { bytes } = out;
  let at = start;
  for (let i = 0; i < count && at + 4 <= end; i += 1) {
    out.u32('SSRC', at, hex32);
    let item = at + 4;
    while (item + 2 <= end && bytes[item] !== 0) {
      const length = 2 + bytes[item + 1];
      if (item + length > end) {
        out.fault('An item goes past its packet.');
        return;
      }
      out.field(
        itemNames[bytes[item]] ?? `Item ${bytes[item]}`,
        item,
        length,
        utf8Text(bytes, item + 2, item + length),
      );
      item += length;
    }
    at = item + 1 + ((4 - ((item + 1 - start) & 3)) & 3);
  }
}
