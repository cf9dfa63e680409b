import { linkTypeName } from '../capture/link-types';
import type { Layer } from '../net/layer';

/** Says that frames of a link type cannot be decoded. */
export function reportLinkType(layer: Layer, linkType: number): void {
  layer.report('warning', 'link-type-unsupported', unsupportedLinkType(linkType));
}

export function unsupportedLinkType(linkType: number): string {
  return `Frames of link type ${linkTypeName(linkType)} cannot be decoded.`;
}
