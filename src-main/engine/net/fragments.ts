import type { DiagnosticSink } from '#shared/model/diagnostic';
import type { Layer } from './layer';
import { formatAddress } from './endpoint';
import type { PacketView } from './packet';

/** A datagram may wait this long for its last fragment (RFC 1122, section 3.3.2; RFC 8200 says 60 s). */
const TIMEOUT_NS = 30e9;
/** A repeated fragment of a datagram that is already complete is recognised this long. */
const REPEAT_NS = 1e9;
const MAX_DATAGRAMS = 4096;
const MAX_BYTES = 32 * 1024 * 1024;
/** What a fragment costs beside its bytes. */
const FRAGMENT_COST = 256;
const LARGEST_DATAGRAM = 65_535;

interface Part {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** What is known of one fragmented datagram. */
class Datagram {
  /** Sorted by offset, free of overlaps. */
  readonly parts: Part[] = [];
  /** Payload bytes of the whole datagram; -1 until its last fragment was seen. */
  totalLength = -1;
  received = 0;
  /** Bytes charged to the table. */
  cost = 0;
  /** The whole payload, once complete. */
  whole: Uint8Array | null = null;
  completedNs = 0;
  /** A fragment was captured only in part: the datagram cannot become complete. */
  isCut = false;
  /** Another datagram whose key has the same hash. */
  collision: Datagram | undefined;
  /** Next header as the first fragment of an IPv6 datagram says (RFC 8200, section 4.5). */
  protocol: number;

  constructor(
    readonly hash: number,
    readonly version: number,
    readonly identification: number,
    protocol: number,
    /** Source and destination. */
    readonly addresses: Uint8Array,
    readonly firstFrame: number,
    readonly firstTimeNs: number,
  ) {
    this.protocol = protocol;
  }
}

/**
 * Puts fragmented IP datagrams together (RFC 791, section 3.2; RFC 8200, section 4.5). A datagram is delivered
 * with the fragment that completes it. Where fragments overlap, the bytes that came first stay (an IPv6 host
 * would throw the datagram away, RFC 5722; an analyst wants to see it); differing ones are reported. The table
 * is bounded in datagrams, bytes and time; what it gives up is reported once.
 */
export class FragmentTable {
  private readonly byHash = new Map<number, Datagram>();
  /** In the order of their first fragments. */
  private readonly queue = new Set<Datagram>();
  private bytes = 0;

  constructor(private readonly sink: DiagnosticSink) {}

  /**
   * Takes the fragment whose payload is `layer`, of the datagram that `packet` describes. True when it
   * completed the datagram: then `layer` is its payload and `packet` lies in the new buffer. True as well for a
   * first fragment that the capture cut: no more of its datagram will be had, but its headers are there.
   */
  add(layer: Layer, packet: PacketView, identification: number, offset: number, hasMore: boolean): boolean {
    packet.isFragment = true;
    packet.fragmentOffset = offset;
    packet.identification = identification;
    const wireLength = layer.wireEnd - layer.start;
    if (offset + wireLength > LARGEST_DATAGRAM) {
      layer.report(
        'warning',
        'ip-fragment-length',
        `A fragment reaches to byte ${offset + wireLength} of its datagram.`,
      );
      return false;
    }
    if (hasMore && (wireLength & 7) !== 0) {
      layer.report(
        'warning',
        'ip-fragment-length',
        `A fragment that is not the last has ${wireLength} bytes, not a multiple of 8.`,
      );
      return false;
    }
    this.expire(layer.timeNs);
    const datagram = this.find(layer, packet, identification, offset);
    if (datagram.whole !== null) return false;
    this.insert(datagram, layer, offset, hasMore);
    if (offset === 0) datagram.protocol = packet.protocol;
    if (offset === 0 && layer.end < layer.wireEnd) {
      layer.isFirstFragment = true;
      packet.isFragment = false;
      return true;
    }
    if (datagram.isCut || datagram.received !== datagram.totalLength) {
      this.makeRoom(datagram);
      return false;
    }
    this.deliver(datagram, layer, packet);
    return true;
  }

  /** The capture is over. */
  finish(): void {
    for (const datagram of this.queue) this.remove(datagram);
  }

  private find(layer: Layer, packet: PacketView, identification: number, offset: number): Datagram {
    const { bytes, source, ipVersion } = packet;
    const keyProtocol = ipVersion === 4 ? packet.protocol : 0;
    const length = ipVersion === 4 ? 8 : 32;
    // FNV-1a over addresses and identification.
    let hash = 0x811c_9dc5 ^ identification ^ keyProtocol;
    for (let i = 0; i < length; i += 1) hash = Math.imul(hash ^ bytes[source + i], 0x0100_0193);
    for (let found = this.byHash.get(hash); found !== undefined; found = found.collision) {
      if (
        found.identification !== identification ||
        found.version !== ipVersion ||
        (ipVersion === 4 && found.protocol !== packet.protocol) ||
        !isEqual(found.addresses, bytes, source)
      ) {
        continue;
      }
      if (found.whole === null || isRepeat(found, layer, offset)) return found;
      this.remove(found);
      break;
    }
    const addresses = new Uint8Array(bytes.subarray(source, source + length));
    const datagram = new Datagram(
      hash,
      ipVersion,
      identification,
      packet.protocol,
      addresses,
      layer.frame,
      layer.timeNs,
    );
    datagram.collision = this.byHash.get(hash);
    this.byHash.set(hash, datagram);
    this.queue.add(datagram);
    return datagram;
  }

  private insert(datagram: Datagram, layer: Layer, offset: number, hasMore: boolean): void {
    const { bytes, start, end, wireEnd } = layer;
    if (end < wireEnd) datagram.isCut = true;
    const last = offset + (wireEnd - start);
    const known = datagram.totalLength;
    const reach = datagram.parts.length > 0 ? partEnd(datagram.parts[datagram.parts.length - 1]) : 0;
    if ((known >= 0 && (last > known || (!hasMore && last !== known))) || (known < 0 && !hasMore && last < reach)) {
      layer.report('warning', 'ip-fragment-overlap', 'Fragments of a datagram do not agree on its length.');
      return;
    }
    if (!hasMore) datagram.totalLength = last;
    if (end <= start) return;

    const { parts } = datagram;
    let at = parts.length;
    while (at > 0 && partEnd(parts[at - 1]) > offset) at -= 1;
    let isDifferent = false;
    let from = offset;
    const to = offset + (end - start);
    while (from < to) {
      const next = at < parts.length ? parts[at] : null;
      if (next !== null && next.offset <= from) {
        const until = Math.min(to, partEnd(next));
        for (let i = from; i < until && !isDifferent; i += 1) {
          isDifferent = next.bytes[i - next.offset] !== bytes[start + (i - offset)];
        }
        from = until;
      } else {
        const until = next === null ? to : Math.min(to, next.offset);
        const copy = new Uint8Array(bytes.subarray(start + (from - offset), start + (until - offset)));
        parts.splice(at, 0, { offset: from, bytes: copy });
        datagram.received += copy.length;
        this.charge(datagram, copy.length + FRAGMENT_COST);
        from = until;
      }
      at += 1;
    }
    if (isDifferent) {
      layer.report(
        'warning',
        'ip-fragment-overlap',
        'Fragments of a datagram overlap with different bytes; the first ones stay.',
      );
    }
  }

  private deliver(datagram: Datagram, layer: Layer, packet: PacketView): void {
    const isV4 = datagram.version === 4;
    const header = isV4 ? 20 : 40;
    const buffer = new Uint8Array(header + datagram.totalLength);
    buffer[0] = isV4 ? 0x45 : 0x60;
    buffer.set(datagram.addresses, isV4 ? 12 : 8);
    for (const part of datagram.parts) buffer.set(part.bytes, header + part.offset);
    datagram.whole = buffer.subarray(header);
    datagram.completedNs = layer.timeNs;
    datagram.parts.length = 0;
    this.charge(datagram, datagram.whole.length - datagram.cost);
    this.makeRoom(datagram);

    layer.bytes = buffer;
    layer.start = header;
    layer.end = buffer.length;
    layer.wireEnd = buffer.length;
    packet.bytes = buffer;
    packet.source = isV4 ? 12 : 8;
    packet.destination = isV4 ? 16 : 24;
    packet.protocol = datagram.protocol;
    packet.isFragment = false;
    packet.isReassembled = true;
  }

  private charge(datagram: Datagram, bytes: number): void {
    datagram.cost += bytes;
    this.bytes += bytes;
  }

  private expire(nowNs: number): void {
    for (const datagram of this.queue) {
      const sinceNs = nowNs - datagram.firstTimeNs;
      if (sinceNs <= TIMEOUT_NS && (datagram.whole === null || nowNs - datagram.completedNs <= REPEAT_NS)) return;
      this.remove(datagram);
    }
  }

  private makeRoom(keep: Datagram): void {
    for (const datagram of this.queue) {
      if (this.queue.size <= MAX_DATAGRAMS && this.bytes <= MAX_BYTES) return;
      if (datagram !== keep) this.remove(datagram);
    }
  }

  private remove(datagram: Datagram): void {
    this.queue.delete(datagram);
    this.bytes -= datagram.cost;
    const first = this.byHash.get(datagram.hash);
    if (first === datagram) {
      if (datagram.collision === undefined) this.byHash.delete(datagram.hash);
      else this.byHash.set(datagram.hash, datagram.collision);
    } else {
      let before = first;
      while (before !== undefined && before.collision !== datagram) before = before.collision;
      if (before !== undefined) before.collision = datagram.collision;
    }
    if (datagram.whole === null) this.reportIncomplete(datagram);
  }

  private reportIncomplete(datagram: Datagram): void {
    const { addresses, received, totalLength, firstFrame, identification } = datagram;
    const half = addresses.length / 2;
    const flow = `${formatAddress(addresses, 0, half)} to ${formatAddress(addresses, half, half)}`;
    const amount = `${received} of ${totalLength < 0 ? 'an unknown number of' : totalLength} bytes`;
    this.sink.report(
      'warning',
      'ip-fragments-incomplete',
      firstFrame,
      `Datagram 0x${identification.toString(16)} from ${flow} was never completed: ${amount} were captured.`,
    );
  }
}

const partEnd = (part: Part): number => part.offset + part.bytes.length;

function isEqual(wanted: Uint8Array, bytes: Uint8Array, offset: number): boolean {
  for (let i = 0; i < wanted.length; i += 1) {
    if (wanted[i] !== bytes[offset + i]) return false;
  }
  return true;
}

/** Whether the fragment says nothing new about a datagram that is complete (identifications are reused). */
function isRepeat(datagram: Datagram, layer: Layer, offset: number): boolean {
  const { whole, completedNs } = datagram;
  const { bytes, start, end, timeNs } = layer;
  if (whole === null || timeNs - completedNs > REPEAT_NS || offset + (end - start) > whole.length) return false;
  for (let i = start; i < end; i += 1) {
    if (bytes[i] !== whole[offset + (i - start)]) return false;
  }
  return true;
}
