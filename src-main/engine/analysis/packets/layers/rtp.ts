import { u32be } from '../../../bytes/integers';
import { parseRtpHeader, RtpHeader, staticPayloadTypes } from '../../../protocols/rtp';
import type { LayerDefinition, LayerInput } from './layer';
import { hex16, hex32, hexText } from './layer';
import { isTransportStream } from './mp2t';

const header = new RtpHeader();

const parse = ({ bytes, start, end, wireEnd }: LayerInput): boolean =>
  parseRtpHeader(bytes, start, end, wireEnd - end, header);

function payloadType(value: number): string {
  const known = staticPayloadTypes.get(value);
  return known ? `${value} (${known.encodingName})` : String(value);
}

/** RTP (RFC 3550, section 5.1), in flows that the analysis took for it. */
export const rtpLayer: LayerDefinition = {
  id: 'rtp',
  title: 'Real-Time Transport Protocol',
  isInside: (transport, input) =>
    transport === 'udp' && parse(input) && input.around.links.streamOf(input.around.flow, header.ssrc) !== null,
  info(input) {
    if (!parse(input)) return '';
    const mark = header.marker ? ', Marker' : '';
    return `PT=${payloadType(header.payloadType)}, SSRC=${hex32(header.ssrc)}, Seq=${header.sequence}, Time=${header.timestamp}${mark}`;
  },
  dissect(input, out) {
    const { bytes, start, end, wireEnd } = input;
    if (!parse(input)) {
      out.fault('No RTP header.');
      return null;
    }
    const flag = (mask: number): string => ((bytes[start] & mask) !== 0 ? 'true' : 'false');
    out.field('Version', start, 1, '2');
    out.field('Padding', start, 1, flag(0x20));
    out.field('Extension', start, 1, flag(0x10));
    out.field('CSRC Count', start, 1, String(header.csrcCount));
    out.field('Marker', start + 1, 1, String(header.marker));
    out.field('Payload Type', start + 1, 1, payloadType(header.payloadType));
    out.field('Sequence Number', start + 2, 2, String(header.sequence));
    out.field('Timestamp', start + 4, 4, String(header.timestamp));
    out.field('SSRC', start + 8, 4, hex32(header.ssrc));
    for (let i = 0; i < header.csrcCount && header.csrcStart + 4 * i + 4 <= end; i += 1) {
      const at = header.csrcStart + 4 * i;
      out.field(`CSRC ${i + 1}`, at, 4, hex32(u32be(bytes, at)));
    }
    if (header.extensionProfile >= 0) {
      const { extensionStart, extensionEnd, extensionProfile } = header;
      const length = extensionEnd - extensionStart;
      out.group('Header Extension', extensionStart - 4, length + 4, hex16(extensionProfile), () => {
        out.field('Defined by Profile', extensionStart - 4, 2, hex16(extensionProfile));
        out.field('Length', extensionStart - 2, 2, `${length} bytes`);
        if (length > 0) out.field('Data', extensionStart, length, hexText(bytes, extensionStart, length));
      });
    }
    if (header.isPaddingInvalid) out.fault('The padding length is impossible.');
    if (header.paddingLength > 0) out.data('Padding Bytes', header.payloadEnd, header.paddingLength);
    out.summary = `${payloadType(header.payloadType)}, sequence ${header.sequence}`;
    const inner = {
      ...input,
      start: header.payloadStart,
      end: header.payloadEnd,
      wireEnd: wireEnd - header.paddingLength,
    };
    const layer = isTransportStream(inner) ? 'mp2t' : null;
    return { layer, start: inner.start, end: inner.end, wireEnd: inner.wireEnd };
  },
};
