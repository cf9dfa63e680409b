import { u16be, u32be } from '../../../bytes/integers';
import type { LayerDefinition, LayerWriter } from './layer';
import { flagText, hex16, hexText } from './layer';
import { applicationIn } from './next';

/** Control bits (RFC 9293, section 3.1), in the order in which people name them. */
const flags = [
  [0x02, 'SYN'],
  [0x01, 'FIN'],
  [0x04, 'RST'],
  [0x08, 'PSH'],
  [0x10, 'ACK'],
  [0x20, 'URG'],
  [0x40, 'ECE'],
  [0x80, 'CWR'],
] as const;

export const tcpFlagText = (value: number): string => flagText(value, flags);

const optionNames: Readonly<Record<number, string>> = {
  0: 'End of Option List',
  1: 'No-Operation',
  2: 'Maximum Segment Size',
  3: 'Window Scale',
  4: 'SACK Permitted',
  5: 'SACK',
  8: 'Timestamps',
  19: 'MD5 Signature',
  28: 'User Timeout',
  29: 'TCP Authentication',
  30: 'Multipath TCP',
  34: 'Fast Open Cookie',
};

/** TCP (RFC 9293, section 3.1). */
export const tcpLayer: LayerDefinition = {
  id: 'tcp',
  title: 'Transmission Control Protocol',
  ipProtocols: [6],
  dissect(input, out) {
    const { bytes, start, end, wireEnd, around } = input;
    around.sourcePort = out.u16('Source Port', start);
    around.destinationPort = out.u16('Destination Port', start + 2);
    out.summary = `${around.sourcePort} → ${around.destinationPort}`;
    out.u32('Sequence Number', start + 4);
    out.u32('Acknowledgment Number', start + 8);
    if (!out.has(start, 20)) return null;
    const headerLength = (bytes[start + 12] >> 4) * 4;
    out.field('Data Offset', start + 12, 1, `${headerLength} bytes (${bytes[start + 12] >> 4})`);
    out.field('Control Bits', start + 13, 1, tcpFlagText(bytes[start + 13]));
    out.summary += ` [${tcpFlagText(bytes[start + 13])}]`;
    out.u16('Window', start + 14);
    out.u16('Checksum', start + 16, hex16);
    out.u16('Urgent Pointer', start + 18);
    if (headerLength < 20 || start + headerLength > wireEnd) {
      out.fault(`The header claims ${headerLength} bytes.`);
      return null;
    }
    if (!out.has(start, headerLength)) return null;
    if (headerLength > 20) writeOptions(out, start + 20, start + headerLength);
    const payload = { bytes, start: start + headerLength, end, wireEnd, around };
    if (payload.start >= wireEnd) return null;
    return { layer: applicationIn('tcp', payload), start: payload.start, end, wireEnd };
  },
};

/** Options (RFC 9293, section 3.2; RFC 7323; RFC 2018). */
function writeOptions(out: LayerWriter, start: number, end: number): void {
  out.group('Options', start, end - start, `${end - start} bytes`, () => {
    let at = start;
    while (at < end) {
      const kind = out.bytes[at];
      const length = kind <= 1 ? 1 : at + 1 < end ? out.bytes[at + 1] : 0;
      if (length < 1 || (kind > 1 && length < 2) || at + length > end) {
        out.fault('An option has an impossible length.');
        return;
      }
      out.field(optionNames[kind] ?? `Option ${kind}`, at, length, optionValue(out.bytes, at, kind, length));
      if (kind === 0) return;
      at += length;
    }
  });
}

function optionValue(bytes: Uint8Array, at: number, kind: number, length: number): string {
  if (kind === 2 && length === 4) return String(u16be(bytes, at + 2));
  if (kind === 3 && length === 3) return `${bytes[at + 2]} (× ${2 ** Math.min(14, bytes[at + 2])})`;
  if (kind === 8 && length === 10) return `TSval ${u32be(bytes, at + 2)}, TSecr ${u32be(bytes, at + 6)}`;
  if (kind === 5 && length > 2 && (length - 2) % 8 === 0) {
    const blocks: string[] = [];
    for (let i = at + 2; i < at + length; i += 8) blocks.push(`${u32be(bytes, i)}–${u32be(bytes, i + 4)}`);
    return blocks.join(', ');
  }
  return length > 2 ? hexText(bytes, at + 2, length - 2) : '';
}
