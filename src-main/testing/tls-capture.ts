import { concat, PcapngBuilder } from '#engine/capture/testing/capture-builder';
import { ethernet, ipv4, tcp } from '#engine/net/testing/packet-builder';
import type { Recording } from '#engine/protocols/tls/testing/tls-peers';

const client = { address: '192.0.2.10', port: 50_000 };
const server = { address: '198.51.100.20', port: 4433 };
const segmentLength = 1400;
const { syn, fin, ack } = { syn: 0x02, fin: 0x01, ack: 0x10 };
const tlsKeyLog = 0x544c_534b;

/** A capture of a TLS connection, with its secrets in it before or behind the packets, or nowhere. */
export function tlsCapture(
  { wire, keyLog }: Pick<Recording, 'wire' | 'keyLog'>,
  secrets: 'before' | 'behind' | 'nowhere',
): Uint8Array {
  const builder = new PcapngBuilder();
  const block = builder.secrets(tlsKeyLog, new TextEncoder().encode(keyLog));
  const blocks: Uint8Array[] = [builder.section(), builder.interface()];
  if (secrets === 'before') blocks.push(block);
  const sequence = [1000, 2000];
  let ticks = 1_700_000_000_000_000n;
  const send = (direction: 0 | 1, flags: number, bytes: Uint8Array): void => {
    const [from, to] = direction === 0 ? [client, server] : [server, client];
    const segment = tcp(from.port, to.port, bytes, {
      sequence: sequence[direction],
      acknowledgment: sequence[direction ^ 1],
      flags,
    });
    const packet = ipv4(6, segment, { source: from.address, destination: to.address });
    blocks.push(builder.packet(ethernet(0x0800, packet), ticks));
    ticks += 500n;
    sequence[direction] += bytes.length + ((flags & (syn | fin)) === 0 ? 0 : 1);
  };
  const nothing = new Uint8Array(0);
  send(0, syn, nothing);
  send(1, syn | ack, nothing);
  for (const { direction, bytes } of wire) {
    for (let at = 0; at < bytes.length; at += segmentLength) {
      send(direction, ack, bytes.subarray(at, at + segmentLength));
    }
  }
  send(0, fin | ack, nothing);
  send(1, fin | ack, nothing);
  if (secrets === 'behind') blocks.push(block);
  return concat(...blocks);
}
