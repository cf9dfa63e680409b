import { arpLayer } from './arp';
import { dnsLayer } from './dns';
import { ethernetLayer, llcLayer, vlanLayer } from './ethernet';
import { icmpLayer, icmpv6Layer } from './icmp';
import { ipv4Layer } from './ipv4';
import { ipv6ExtensionLayers, ipv6Layer } from './ipv6';
import type { LayerDefinition } from './layer';
import { linuxSll2Layer, linuxSllLayer } from './linux-cooked';
import { mp2tLayer } from './mp2t';
import { registerLayer } from './next';
import { nullLayer } from './null-loopback';
import { rawIpLayer } from './raw-ip';
import { rtcpLayer } from './rtcp';
import { rtpLayer } from './rtp';
import { sctpLayer } from './sctp';
import { sipLayer } from './sip';
import { tcpLayer } from './tcp';
import { udpLayer } from './udp';

/** Every layer of the tree: one line each. Protocols inside a transport are tried in this order. */
const definitions: readonly LayerDefinition[] = [
  ethernetLayer,
  vlanLayer,
  llcLayer,
  linuxSllLayer,
  linuxSll2Layer,
  nullLayer,
  rawIpLayer,
  arpLayer,
  ipv4Layer,
  ipv6Layer,
  ...ipv6ExtensionLayers,
  icmpLayer,
  icmpv6Layer,
  udpLayer,
  tcpLayer,
  sctpLayer,
  rtcpLayer,
  rtpLayer,
  sipLayer,
  dnsLayer,
  mp2tLayer,
];
for (const definition of definitions) registerLayer(definition);

export { applicationIn, layerOfIpProtocol, layerOfLinkType, layers } from './next';
