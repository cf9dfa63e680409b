import type { ConversationCounts } from '#shared/model/capture';
import type { ConversationKind, ConversationRow } from '#shared/model/conversation';
import type { ColumnDefinition, TableDefinition } from '#shared/model/table';
import type { ConversationTable } from './conversation-table';
import type { FlowSide, FlowTracker } from './flow-tracker';

export const conversationKinds = [
  'ethernet',
  'wlan',
  'ipv4',
  'ipv6',
  'tcp',
  'udp',
  'sctp',
] as const satisfies readonly ConversationKind[];

/** What a transport conversation was taken for, and why. */
export interface ConversationVerdict {
  readonly protocol: string;
  readonly reason: string;
}

export function countConversations(flows: FlowTracker): ConversationCounts {
  return {
    ethernet: flows.countOf('ethernet'),
    wlan: flows.countOf('wlan'),
    ipv4: flows.countOf('ipv4'),
    ipv6: flows.countOf('ipv6'),
    tcp: flows.tcp.length,
    udp: flows.udp.length,
    sctp: flows.sctp.length,
  };
}

/** Conversations of a kind, by their index in the order of appearance. */
export interface ConversationRows {
  readonly count: number;
  row(index: number): ConversationRow;
}

export function conversationRows(
  flows: FlowTracker,
  kind: ConversationKind,
  verdict: (conversation: number) => ConversationVerdict | null,
): ConversationRows {
  switch (kind) {
    case 'ethernet':
    case 'wlan':
    case 'ipv4':
    case 'ipv6':
      return {
        get count() {
          return flows.countOf(kind);
        },
        row: (i) => toRow(flows.totals(kind), i, kind, flows.side(kind, i, 0), flows.side(kind, i, 1), null),
      };
    case 'tcp':
    case 'udp':
    case 'sctp': {
      const conversations = flows[kind];
      return {
        get count() {
          return conversations.length;
        },
        row: (i) => {
          const conversation = conversations[i];
          const { source, destination } = flows.endpoints(2 * conversation);
          return toRow(flows.transport, conversation, kind, source, destination, verdict(conversation));
        },
      };
    }
  }
}

/** A is the side that sent the first frame. Bits per second are bytes each way over the time between the first and the last frame; null when that is 0. */
function toRow(
  table: ConversationTable,
  index: number,
  kind: ConversationKind,
  first: FlowSide,
  second: FlowSide,
  verdict: ConversationVerdict | null,
): ConversationRow {
  const forward = table.firstDirectionOf(index);
  const [sideA, sideB] = forward === 0 ? [first, second] : [second, first];
  const startSeconds = table.firstNsOf(index) / 1e9;
  const durationSeconds = (table.lastNsOf(index) - table.firstNsOf(index)) / 1e9;
  const bytesAToB = table.bytesOf(index, forward);
  const bytesBToA = table.bytesOf(index, forward ^ 1);
  const packetsAToB = table.packetsOf(index, forward);
  const packetsBToA = table.packetsOf(index, forward ^ 1);
  return {
    id: `${kind}-${index}`,
    kind,
    addressA: sideA.address,
    portA: sideA.port ?? null,
    addressB: sideB.address,
    portB: sideB.port ?? null,
    packets: packetsAToB + packetsBToA,
    bytes: bytesAToB + bytesBToA,
    packetsAToB,
    bytesAToB,
    packetsBToA,
    bytesBToA,
    startSeconds,
    durationSeconds,
    bitsPerSecondAToB: durationSeconds > 0 ? (8 * bytesAToB) / durationSeconds : null,
    bitsPerSecondBToA: durationSeconds > 0 ? (8 * bytesBToA) / durationSeconds : null,
    protocol: verdict?.protocol ?? null,
    reason: verdict?.reason ?? null,
  };
}

const portColumns = (side: 'A' | 'B'): ColumnDefinition => ({
  id: `port${side}`,
  title: `Port ${side}`,
  kind: 'integer',
  width: 70,
});

/** As tabs call them. */
export const conversationTitles: Readonly<Record<ConversationKind, string>> = {
  ethernet: 'Ethernet',
  wlan: 'WLAN',
  ipv4: 'IPv4',
  ipv6: 'IPv6',
  tcp: 'TCP',
  udp: 'UDP',
  sctp: 'SCTP',
};

export function hasPorts(kind: ConversationKind): boolean {
  return kind === 'tcp' || kind === 'udp' || kind === 'sctp';
}

/** Columns of a conversation tab: as Wireshark's, with what Tapdeck took the conversation for. */
export function conversationTable(kind: ConversationKind): TableDefinition {
  const isTransport = hasPorts(kind);
  const addressWidth = kind === 'ipv6' ? 240 : 150;
  const a = 'A is the side that sent the first frame, as in Wireshark 4.';
  const wire = 'Bytes of whole frames on the wire.';
  return {
    id: `conversations.${kind}`,
    title: conversationTitles[kind],
    columns: [
      {
        id: 'addressA',
        title: 'Address A',
        kind: 'address',
        width: addressWidth,
        description: a,
        aliases: ['address'],
      },
      ...(isTransport ? [portColumns('A')] : []),
      { id: 'addressB', title: 'Address B', kind: 'address', width: addressWidth, description: a },
      ...(isTransport ? [portColumns('B')] : []),
      { id: 'packets', title: 'Packets', kind: 'integer', width: 75 },
      { id: 'bytes', title: 'Bytes', kind: 'bytes', width: 85, description: wire },
      { id: 'packetsAToB', title: 'Packets A → B', kind: 'integer', width: 105 },
      { id: 'bytesAToB', title: 'Bytes A → B', kind: 'bytes', width: 95, description: wire },
      { id: 'packetsBToA', title: 'Packets B → A', kind: 'integer', width: 105 },
      { id: 'bytesBToA', title: 'Bytes B → A', kind: 'bytes', width: 95, description: wire },
      {
        id: 'startSeconds',
        title: 'Rel. start',
        kind: 'seconds',
        width: 90,
        aliases: ['start'],
        description: 'First frame, seconds since the first frame of the capture.',
      },
      {
        id: 'durationSeconds',
        title: 'Duration',
        kind: 'seconds',
        width: 90,
        aliases: ['duration'],
        description: 'First to last frame.',
      },
      {
        id: 'bitsPerSecondAToB',
        title: 'Bits/s A → B',
        kind: 'bits-per-second',
        width: 100,
        description: 'Bytes A → B × 8 / duration.',
      },
      {
        id: 'bitsPerSecondBToA',
        title: 'Bits/s B → A',
        kind: 'bits-per-second',
        width: 100,
        description: 'Bytes B → A × 8 / duration.',
      },
      ...(isTransport
        ? ([
            { id: 'protocol', title: 'Taken for', kind: 'text', width: 90 },
            { id: 'reason', title: 'Reason', kind: 'text', width: 280 },
          ] as const)
        : []),
    ],
  };
}
