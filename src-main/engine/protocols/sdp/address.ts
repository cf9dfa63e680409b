import { formatAddress } from '../../net/endpoint';

/**
 * An IP literal in the form in which packet addresses are written (RFC 5952), so that both compare as text;
 * '' for host names and nonsense. A multicast TTL (`224.2.1.1/127`, RFC 8866, section 5.7) is dropped.
 */
export function canonicalAddress(text: string): string {
  const slash = text.indexOf('/');
  const literal = (slash < 0 ? text : text.slice(0, slash)).trim();
  if (literal.length > 64) return '';
  const bytes = literal.includes(':') ? parseIpv6(literal) : parseIpv4(literal);
  return bytes === null ? '' : formatAddress(bytes, 0, bytes.length);
}

function parseIpv4(text: string): Uint8Array | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!match) return null;
  const octets = match.slice(1).map(Number);
  return octets.every((octet) => octet <= 255) ? Uint8Array.from(octets) : null;
}

/** Text forms of RFC 4291, section 2.2; a zone (`%eth0`) is dropped, brackets are tolerated. */
function parseIpv6(text: string): Uint8Array | null {
  let literal = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(literal);
  if (dotted) {
    const tail = parseIpv4(dotted[2]);
    if (tail === null) return null;
    const hex = (at: number): string => ((tail[at] << 8) | tail[at + 1]).toString(16);
    literal = `${dotted[1]}${hex(0)}:${hex(2)}`;
  }
  const halves = literal.split('::');
  if (halves.length > 2) return null;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const given = groups.reduce((sum, group) => sum + group.length, 0);
  if (halves.length === 1 ? given !== 8 : given > 7) return null;
  const zeros = new Array<string>(8 - given).fill('0');
  const all = halves.length === 1 ? groups[0] : [...groups[0], ...zeros, ...groups[1]];
  const bytes = new Uint8Array(16);
  for (let i = 0; i < 8; i += 1) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(all[i])) return null;
    const value = Number.parseInt(all[i], 16);
    bytes[2 * i] = value >> 8;
    bytes[2 * i + 1] = value & 0xff;
  }
  return bytes;
}
