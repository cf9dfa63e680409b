import { Registry } from '#shared/base/registry';
import type { LayerDefinition, LayerInput } from './layer';

/**
 * Which layer follows which, as the definitions say of themselves: a layer file does not have to know the others.
 * The index fills it.
 */
export const layers = new Registry<LayerDefinition>('layer');
const byLinkType = new Map<number, string>();
const byEtherType = new Map<number, string>();
const byIpProtocol = new Map<number, string>();
const applications: LayerDefinition[] = [];

export function registerLayer(definition: LayerDefinition): void {
  layers.register(definition);
  const { id, linkTypes = [], etherTypes = [], ipProtocols = [] } = definition;
  for (const type of linkTypes) byLinkType.set(type, id);
  for (const type of etherTypes) byEtherType.set(type, id);
  for (const protocol of ipProtocols) byIpProtocol.set(protocol, id);
  if (definition.isInside) applications.push(definition);
}

/** Id of the first layer of a frame; null when the link type has none. */
export function layerOfLinkType(linkType: number): string | null {
  return byLinkType.get(linkType) ?? null;
}

/** Id of the layer that an EtherType announces; null when there is none. */
export function layerOfEtherType(etherType: number): string | null {
  return byEtherType.get(etherType) ?? null;
}

/** Id of the layer that an IP protocol number announces; null when there is none. */
export function layerOfIpProtocol(protocol: number): string | null {
  return byIpProtocol.get(protocol) ?? null;
}

/** Id of the protocol inside a datagram or segment, judged by its content; null when nothing claims it. */
export function applicationIn(transport: 'udp' | 'tcp', input: LayerInput): string | null {
  if (input.start >= input.end) return null;
  return applications.find((application) => application.isInside?.(transport, input))?.id ?? null;
}
