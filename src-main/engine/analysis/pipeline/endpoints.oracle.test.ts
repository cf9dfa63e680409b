import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { EndpointRow } from '#shared/model/conversation';
import { analyse, capturePath, hasCaptures, hasTshark } from '../../../testing/oracles';

const files = ['sip_pcmu', 'sip_tcp', 'sip_ipv6', 'sip_encap_vlan', 'sip_failed_calls'];
const kinds = { ethernet: 'eth', ipv4: 'ip', ipv6: 'ipv6', tcp: 'tcp', udp: 'udp' } as const;

/** `address [port] packets bytes txPackets txBytes rxPackets rxBytes`, sorted. */
function theirs(path: string, kind: keyof typeof kinds): string[] {
  const text = execFileSync('tshark', ['-n', '-q', '-r', path, '-z', `endpoints,${kinds[kind]}`], { encoding: 'utf8' });
  const lines = text.split('\n').filter((line) => /^[0-9a-f]*[.:][0-9a-f.:]/.test(line));
  return lines.map((line) => line.trim().split(/\s+/).join(' ')).sort();
}

function ours(path: string, kind: keyof typeof kinds): string[] {
  const page = analyse(path).tables.page({ table: `endpoints.${kind}`, offset: 0, limit: 1000 });
  return ((page?.rows ?? []) as unknown as EndpointRow[])
    .map((row) =>
      [
        row.address,
        ...(row.port === null ? [] : [row.port]),
        row.packets,
        row.bytes,
        row.packetsSent,
        row.bytesSent,
        row.packetsReceived,
        row.bytesReceived,
      ].join(' '),
    )
    .sort();
}

describe.skipIf(!hasCaptures || !hasTshark)('endpoints as tshark counts them', () => {
  it.each(files)('%s', (name) => {
    const path = capturePath(`live/voip/${name}.pcapng`);
    for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
      // tshark counts ports that ICMP errors quote: the addresses alone agree there.
      if (name === 'sip_failed_calls' && kind === 'udp') continue;
      expect(ours(path, kind), kind).toEqual(theirs(path, kind));
    }
  });
});
