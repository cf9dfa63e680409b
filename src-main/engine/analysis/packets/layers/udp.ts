import type { LayerDefinition } from './layer';
import { hex16 } from './layer';
import { applicationIn } from './next';

/** UDP (RFC 768). */
export const udpLayer: LayerDefinition = {
  id: 'udp',
  title: 'User Datagram Protocol',
  ipProtocols: [17],
  dissect(input, out) {
    const { bytes, start, around } = input;
    around.sourcePort = out.u16('Source Port', start);
    around.destinationPort = out.u16('Destination Port', start + 2);
    const length = out.u16('Length', start + 4);
    out.u16('Checksum', start + 6, (value) => (value === 0 ? '0x0000 (not used)' : hex16(value)));
    out.summary = `${around.sourcePort} → ${around.destinationPort}`;
    if (!out.has(start, 8)) return null;
    if (length > 0 && length < 8) out.fault(`The length is ${length}; 8 is the least.`);
    else if (start + length > input.wireEnd) {
      out.fault(`The length is ${length}, but there are only ${input.wireEnd - start} bytes.`);
    }
    const wireEnd = length >= 8 ? Math.min(input.wireEnd, start + length) : input.wireEnd;
    const payload = { bytes, start: start + 8, end: Math.min(input.end, wireEnd), wireEnd, around };
    if (payload.start >= payload.wireEnd) return null;
    return { layer: applicationIn('udp', payload), start: payload.start, end: payload.end, wireEnd };
  },
};
