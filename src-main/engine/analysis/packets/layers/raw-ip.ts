import { LinkType } from '../../../capture/link-types';
import type { LayerDefinition } from './layer';

/** LINKTYPE_RAW and its kin have no header: the version of IP says what follows. */
export const rawIpLayer: LayerDefinition = {
  id: 'raw',
  title: 'Raw IP',
  linkTypes: [LinkType.raw, LinkType.rawBsd, LinkType.rawOpenBsd],
  dissect({ bytes, start, end, wireEnd }, out) {
    if (!out.has(start, 1)) return null;
    const version = bytes[start] >> 4;
    if (version !== 4 && version !== 6) out.fault(`The IP version is ${version}.`);
    const layer = version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : null;
    out.summary = 'No link-layer header';
    return { layer, start, end, wireEnd };
  },
};
