import type { PacketBuffer, PacketField, PacketLayer } from '#shared/model/packet';
import type { Frame } from '../../capture/frame';
import { linkTypeName } from '../../capture/link-types';
import type { PacketView } from '../../net/packet';
import { layerOfIpProtocol, layerOfLinkType, layers } from './layers/index';
import { type Carried, type LayerDefinition, LayerWriter, type Surroundings } from './layers/layer';

/** Layers in a row that are believed. */
const mostLayers = 64;

/** Where layers are looked for: a buffer of the detail, and the window that it lies in. */
interface Place {
  readonly buffer: number;
  readonly bytes: Uint8Array;
  /** Position of the buffer's first byte in `bytes`. */
  readonly base: number;
}

/** The innermost IP header as the decoder found it behind link layers and tunnels that have no layer here. */
interface InnerPacket {
  readonly layer: 'ipv4' | 'ipv6';
  readonly start: number;
  /** What carries it: `VXLAN`. */
  readonly carrier: string;
}

/**
 * The layers of a frame's own bytes, the frame itself first; with the decoded `packet` also those behind headers that
 * nothing here knows. Never throws, whatever the bytes are.
 */
export function dissectLayers(frame: Frame, around: Surroundings, packet: PacketView | null = null): PacketLayer[] {
  const { bytes, start, end, wireLength, linkType } = frame;
  const place: Place = { buffer: 0, bytes, base: start };
  const tree = [frameLayer(frame)];
  const first = { layer: layerOfLinkType(linkType), start, end, wireEnd: start + Math.max(wireLength, end - start) };
  const rest = walk(place, first, around, tree, packet && innerPacket(frame, packet));
  if (rest < end - start) {
    tree.push(plainLayer('trailer', 'Trailer', place, rest, end - start - rest, `${end - start - rest} bytes`));
  }
  return tree;
}

/** Layers of a frame, and of the datagram that it completed, with copies of the bytes they lie in. */
export function dissectFrame(
  frame: Frame,
  packet: PacketView,
  around: Surroundings,
): { readonly layers: readonly PacketLayer[]; readonly buffers: readonly PacketBuffer[] } {
  const tree = dissectLayers(frame, around, packet);
  const buffers: PacketBuffer[] = [{ title: 'Frame', bytes: frame.bytes.slice(frame.start, frame.end) }];
  if (packet.isDecrypted) {
    const bytes = packet.wlanPlain.slice();
    buffers.push({ title: 'Decrypted 802.11 Data', bytes });
    const plain = { layer: 'llc', start: 0, end: bytes.length, wireEnd: bytes.length };
    walk({ buffer: 1, bytes, base: 0 }, plain, around, tree);
  }
  if (packet.isReassembled) {
    // A datagram begins with its IP header; what lies before that in the buffer came in fragments of 802.11.
    const isDatagram = packet.ipVersion !== 0 && ipStart(packet) === 0;
    const title = isDatagram ? `Reassembled IPv${packet.ipVersion}` : 'Reassembled 802.11 Data';
    const bytes = packet.bytes.slice();
    const start = isDatagram ? (packet.ipVersion === 4 ? 20 : 40) : 0;
    const layer = isDatagram ? layerOfIpProtocol(packet.protocol) : 'llc';
    const buffer = buffers.push({ title, bytes }) - 1;
    walk({ buffer, bytes, base: 0 }, { layer, start, end: bytes.length, wireEnd: bytes.length }, around, tree);
  }
  return { layers: tree, buffers };
}

/** Layers of another packet of the same frame (A-MSDU), behind a line that says which it is. */
export function dissectFurther(frame: Frame, packet: PacketView, around: Surroundings): PacketLayer[] {
  if (packet.ipVersion === 0) return [];
  const place: Place = packet.isDecrypted
    ? { buffer: 1, bytes: packet.bytes, base: 0 }
    : { buffer: 0, bytes: packet.bytes, base: frame.start };
  const start = ipStart(packet);
  const end = packet.payloadEnd;
  const title = `MSDU ${packet.ordinal + 1}`;
  const tree = [plainLayer('msdu', title, place, start - place.base, end - start, 'Another packet of the same frame')];
  walk(place, { layer: packet.ipVersion === 4 ? 'ipv4' : 'ipv6', start, end, wireEnd: end }, around, tree);
  return tree;
}

/** Where the IP header of a packet begins in its bytes. */
function ipStart({ ipVersion, source }: PacketView): number {
  return source - (ipVersion === 4 ? 12 : 8);
}

function innerPacket(frame: Frame, packet: PacketView): InnerPacket | null {
  if (packet.ipVersion === 0 || packet.bytes !== frame.bytes || packet.isReassembled) return null;
  const start = ipStart(packet);
  if (start < frame.start || start >= frame.end || packet.bytes[start] >> 4 !== packet.ipVersion) return null;
  const tunnel = packet.outerCount > 0 ? packet.outers[packet.outerCount - 1].tunnel : null;
  return { layer: packet.ipVersion === 4 ? 'ipv4' : 'ipv6', start, carrier: tunnel ?? linkTypeName(frame.linkType) };
}

/** Appends layers to `tree` from `first` inwards; answers the offset up to which they reach. */
function walk(
  place: Place,
  first: Carried,
  around: Surroundings,
  tree: PacketLayer[],
  inner: InnerPacket | null = null,
): number {
  let reached = 0;
  let next: Carried | null = first;
  for (let depth = 0; next !== null && depth < mostLayers; depth += 1) {
    const { layer, start, end, wireEnd }: Carried = next;
    const definition: LayerDefinition | undefined = layer === null ? undefined : layers.get(layer);
    if (!definition) {
      const offset = start - place.base;
      if (inner !== null && inner.start > start && inner.start < end) {
        const length = inner.start - start;
        tree.push(plainLayer('encapsulation', inner.carrier, place, offset, length, `${length} bytes of headers`));
        next = { layer: inner.layer, start: inner.start, end, wireEnd };
        continue;
      }
      if (start < end) {
        tree.push(plainLayer('data', 'Data', place, offset, end - start, `${wireEnd - start} bytes`));
        reached = Math.max(reached, end - place.base);
      }
      break;
    }
    const out = new LayerWriter(place.bytes, place.base, end);
    try {
      next = definition.dissect({ bytes: place.bytes, start, end, wireEnd, around }, out);
    } catch (error) {
      // A fault of the dissector costs its layer, never the frame.
      out.fault(`The dissector failed: ${error instanceof Error ? error.message : String(error)}.`);
      next = null;
    }
    const length = Math.max(0, (next === null ? end : Math.min(end, next.start)) - start);
    const own: PacketLayer = {
      id: definition.id,
      title: definition.title,
      summary: out.summary,
      buffer: place.buffer,
      offset: start - place.base,
      length,
      fields: out.fields,
      diagnostic: out.diagnostic,
    };
    tree.push(own);
    reached = Math.max(reached, fieldsEnd(own.fields), own.offset + own.length);
    // Inwards only: whatever stays where it was would go round for ever.
    if (next !== null && next.start < start) next = null;
  }
  return reached;
}

function fieldsEnd(fields: readonly PacketField[]): number {
  return fields.reduce((end, field) => Math.max(end, field.offset + field.length), 0);
}

function plainLayer(
  id: string,
  title: string,
  place: Place,
  offset: number,
  length: number,
  summary: string,
): PacketLayer {
  return { id, title, summary, buffer: place.buffer, offset, length, fields: [], diagnostic: null };
}

function frameLayer(frame: Frame): PacketLayer {
  const length = frame.end - frame.start;
  const fact = (name: string, value: string): PacketField => ({ name, value, offset: 0, length: 0, children: [] });
  const isCut = length < frame.wireLength;
  return {
    id: 'frame',
    title: `Frame ${frame.number}`,
    summary: isCut ? `${length} of ${frame.wireLength} bytes captured` : `${length} bytes`,
    buffer: 0,
    offset: 0,
    length,
    fields: [
      fact('Time since First Frame', `${(frame.timeNs / 1e9).toFixed(9)} s`),
      fact('Length on the Wire', `${frame.wireLength} bytes`),
      fact('Captured Length', `${length} bytes`),
      fact('Link Type', linkTypeName(frame.linkType)),
      fact('File Offset', String(frame.fileOffset)),
    ],
    diagnostic: isCut ? 'The capture kept only the beginning of this frame (snap length).' : null,
  };
}
