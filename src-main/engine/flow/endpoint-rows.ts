import type { ConversationKind, EndpointRow } from '#shared/model/conversation';
import type { TableDefinition } from '#shared/model/table';
import { conversationTitles, hasPorts } from './conversation-rows';
import { ConversationTable } from './conversation-table';
import type { FlowTracker } from './flow-tracker';

/** Endpoints of a kind, made anew from the conversations when these have grown. */
export interface EndpointRows {
  readonly count: number;
  row(index: number): EndpointRow;
}

/**
 * What each endpoint sent and received, as `tshark -z endpoints,...` counts it: every frame counts once for the side
 * that sent it and once for the side that received it.
 */
export function endpointRows(flows: FlowTracker, kind: ConversationKind, revision: () => number): EndpointRows {
  let madeAt = -1;
  let made = new EndpointTotals(flows, kind);
  const current = (): EndpointTotals => {
    const now = revision();
    if (now !== madeAt) {
      made = new EndpointTotals(flows, kind);
      made.addAll();
      madeAt = now;
    }
    return made;
  };
  return {
    get count() {
      return current().count;
    },
    row: (index) => current().row(index),
  };
}

/** Direction 0 of an entry is what the endpoint sent, direction 1 what it received. */
class EndpointTotals {
  /** Key: up to 4 words of address, then the port. */
  private readonly totals = new ConversationTable(5);
  /** Of each entry: conversation * 2 + side, where its address can be read. */
  private readonly witnesses: number[] = [];

  constructor(
    private readonly flows: FlowTracker,
    private readonly kind: ConversationKind,
  ) {}

  get count(): number {
    return this.totals.count;
  }

  addAll(): void {
    const { flows, kind } = this;
    switch (kind) {
      case 'ethernet':
      case 'wlan':
      case 'ipv4':
      case 'ipv6': {
        const table = flows.totals(kind);
        for (let i = 0; i < flows.countOf(kind); i += 1) this.add(table, i);
        return;
      }
      case 'tcp':
      case 'udp':
      case 'sctp':
        for (const conversation of flows[kind]) this.add(flows.transport, conversation);
    }
  }

  row(index: number): EndpointRow {
    const { totals } = this;
    const witness = this.witnesses[index];
    const { address, port } = this.flows.side(this.kind, witness >>> 1, (witness & 1) as 0 | 1);
    const packetsSent = totals.packetsOf(index, 0);
    const packetsReceived = totals.packetsOf(index, 1);
    const bytesSent = totals.bytesOf(index, 0);
    const bytesReceived = totals.bytesOf(index, 1);
    return {
      id: `${this.kind}-endpoint-${index}`,
      kind: this.kind,
      address,
      port: port ?? null,
      packets: packetsSent + packetsReceived,
      bytes: bytesSent + bytesReceived,
      packetsSent,
      bytesSent,
      packetsReceived,
      bytesReceived,
    };
  }

  private add(table: ConversationTable, conversation: number): void {
    for (const side of [0, 1] as const) {
      const words = this.flows.putSide(this.kind, conversation, side, this.totals.key);
      const known = this.totals.count;
      const index = this.totals.find(words);
      if (index === known) this.witnesses.push(2 * conversation + side);
      this.totals.addAll(index, table, conversation, side);
    }
  }
}

/** Columns of an endpoint tab: as Wireshark's. */
export function endpointTable(kind: ConversationKind): TableDefinition {
  const wire = 'Bytes of whole frames on the wire.';
  return {
    id: `endpoints.${kind}`,
    title: conversationTitles[kind],
    columns: [
      { id: 'address', title: 'Address', kind: 'address', width: kind === 'ipv6' ? 260 : 170 },
      ...(hasPorts(kind) ? [{ id: 'port', title: 'Port', kind: 'integer', width: 70 } as const] : []),
      { id: 'packets', title: 'Packets', kind: 'integer', width: 85 },
      { id: 'bytes', title: 'Bytes', kind: 'bytes', width: 95, description: wire },
      { id: 'packetsSent', title: 'Tx packets', kind: 'integer', width: 95, aliases: ['sent'] },
      { id: 'bytesSent', title: 'Tx bytes', kind: 'bytes', width: 95, description: wire },
      { id: 'packetsReceived', title: 'Rx packets', kind: 'integer', width: 95, aliases: ['received'] },
      { id: 'bytesReceived', title: 'Rx bytes', kind: 'bytes', width: 95, description: wire },
    ],
  };
}
