import { EtherType, type Layer } from '../net/layer';

/** LINKTYPE_RAW and its kin: an IP datagram; its version field says which. */
export function decodeRawIp(layer: Layer): void {
  if (!layer.hasHeader(1, 'raw-ip-empty')) return;
  const version = layer.bytes[layer.start] >> 4;
  if (version === 4) layer.etherType = EtherType.ipv4;
  else if (version === 6) layer.etherType = EtherType.ipv6;
  else layer.report('warning', 'ip-version', `The IP version is ${version}.`);
}

/** LINKTYPE_IPV4. */
export function decodeRawIpv4(layer: Layer): void {
  layer.etherType = EtherType.ipv4;
}

/** LINKTYPE_IPV6. */
export function decodeRawIpv6(layer: Layer): void {
  layer.etherType = EtherType.ipv6;
}
