import { formatMac } from '../../net/endpoint';
import { IpProtocol, type PacketView } from '../../net/packet';
import { dissectLayers } from './dissect';
import { applicationIn, layers } from './layers/index';
import type { LayerInput, PacketLinks, Surroundings } from './layers/layer';
import { ipProtocolNames } from './layers/names';
import { sctpChunkNames } from './layers/sctp';
import { tcpFlagText } from './layers/tcp';
import type { PacketLoader } from './packet-loader';

/** Protocol and info of a loaded packet, as the table shows them. */
export interface PacketSummary {
  readonly protocol: string;
  /** Made when it is asked for. */
  readonly info: () => string;
  /** Addresses of a frame without IP; null where it has none. */
  readonly link: { readonly source: string | null; readonly destination: string | null } | null;
}

/** Sums a loaded packet up. The bytes are borrowed: ask for `info` before the next packet is loaded. */
export function summarize(loader: PacketLoader, links: PacketLinks): PacketSummary {
  const { packet, frame, flow } = loader;
  if (packet.ipVersion === 0) return summarizeLink(loader, links);
  if (packet.isFragment) {
    const protocol = ipProtocolNames[packet.protocol] ?? `protocol ${packet.protocol}`;
    return { protocol: `IPv${packet.ipVersion}`, info: () => `Fragment of a ${protocol} datagram`, link: null };
  }
  const around: Surroundings = {
    flow,
    frame: frame.number,
    sourcePort: packet.sourcePort,
    destinationPort: packet.destinationPort,
    links,
  };
  const payload: LayerInput = {
    bytes: packet.bytes,
    start: packet.payloadStart,
    end: packet.payloadEnd,
    wireEnd: packet.payloadEnd + Math.max(0, packet.payloadMissing),
    around,
  };
  switch (packet.protocol) {
    case IpProtocol.udp:
      return summarizeApplication('udp', payload, () => udpInfo(packet));
    case IpProtocol.tcp:
      return summarizeTcp(payload, packet);
    case IpProtocol.sctp:
      return { protocol: 'SCTP', info: () => sctpInfo(packet), link: null };
    case IpProtocol.icmp:
      return { protocol: 'ICMP', info: () => layers.get('icmp')?.info?.(payload) ?? '', link: null };
    case IpProtocol.icmpv6:
      return { protocol: 'ICMPv6', info: () => layers.get('icmpv6')?.info?.(payload) ?? '', link: null };
    default: {
      const name = ipProtocolNames[packet.protocol];
      return {
        protocol: name ?? `IPv${packet.ipVersion}`,
        info: () => name ?? `IP protocol ${packet.protocol}`,
        link: null,
      };
    }
  }
}

function summarizeApplication(transport: 'udp' | 'tcp', payload: LayerInput, otherwise: () => string): PacketSummary {
  const id = applicationIn(transport, payload);
  const application = id === null ? undefined : layers.get(id);
  if (!application) return { protocol: transport.toUpperCase(), info: otherwise, link: null };
  return { protocol: application.id.toUpperCase(), info: () => application.info?.(payload) ?? '', link: null };
}

/** A message may begin in an earlier segment: it is shown with the one that completed it. */
function summarizeTcp(payload: LayerInput, packet: PacketView): PacketSummary {
  const { links, frame } = payload.around;
  const known = summarizeApplication('tcp', payload, () => tcpInfo(packet));
  if (known.protocol !== 'TCP') return known;
  const message = links.messageAt(frame);
  return message ? { protocol: 'SIP', info: () => message.label, link: null } : known;
}

function udpInfo({ sourcePort, destinationPort, payloadStart, payloadEnd, payloadMissing }: PacketView): string {
  return `${sourcePort} → ${destinationPort} Len=${payloadEnd - payloadStart + Math.max(0, payloadMissing)}`;
}

function tcpInfo(packet: PacketView): string {
  if (packet.sourcePort < 0) return 'Header cut short';
  const length = packet.payloadEnd - packet.payloadStart + Math.max(0, packet.payloadMissing);
  return (
    `${packet.sourcePort} → ${packet.destinationPort} [${tcpFlagText(packet.tcpFlags)}] Seq=${packet.tcpSequence} ` +
    `Ack=${packet.tcpAcknowledgment} Win=${packet.tcpWindow} Len=${length}`
  );
}

function sctpInfo({ sourcePort, destinationPort, bytes, payloadStart, payloadEnd }: PacketView): string {
  return `${sourcePort} → ${destinationPort} ${sctpChunkNames(bytes, payloadStart, payloadEnd).join(', ')}`;
}

/** Frames without IP are few: the whole tree is made, its innermost layer speaks for them. */
function summarizeLink({ frame, packet, flow }: PacketLoader, links: PacketLinks): PacketSummary {
  const known = dissectLayers(frame, { flow, frame: frame.number, sourcePort: -1, destinationPort: -1, links });
  const last = known.filter(({ id }) => id !== 'data' && id !== 'trailer').at(-1);
  const mac = (offset: number): string | null => (offset < 0 ? null : formatMac(packet.linkBytes, offset));
  const type = last?.fields.find(({ name }) => name === 'Type' || name === 'Protocol Type')?.value;
  return {
    protocol: last === undefined || last.id === 'frame' ? 'Unknown' : nameOf(last.id, type),
    info: () => last?.summary ?? '',
    link: { source: mac(packet.macSource) ?? cookedSource(known), destination: mac(packet.macDestination) },
  };
}

/** `ARP`; what an EtherType stands for where nothing knows the layer behind it. */
function nameOf(id: string, type: string | undefined): string {
  const isLink = id === 'ethernet' || id === 'vlan' || id === 'sll' || id === 'sll2';
  const name = isLink ? /\((.+)\)$/.exec(type ?? '')?.[1] : undefined;
  return name ?? layers.get(id)?.name ?? id.toUpperCase();
}

function cookedSource(known: ReturnType<typeof dissectLayers>): string | null {
  const cooked = known.find(({ id }) => id === 'sll' || id === 'sll2');
  return cooked?.fields.find(({ name }) => name === 'Link-Layer Address')?.value ?? null;
}
