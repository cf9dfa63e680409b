import type { RtpPacketRow } from '#shared/model/stream';
import { type PacketColumns, packetStatuses } from './packet-columns';

type Row = RtpPacketRow & { readonly [column: string]: unknown };

/** Rows of the per-packet table, made from columns when they are looked at. */
export interface PacketRows {
  /** Grows when the rows change. */
  readonly revision: number;
  readonly count: number;
  row(index: number): Row;
}

export function packetRowsOf(revision: () => number, columns: () => PacketColumns): PacketRows {
  return {
    get revision() {
      return revision();
    },
    get count() {
      return columns().count;
    },
    row: (index) => packetRow(columns(), index),
  };
}

function packetRow(columns: PacketColumns, i: number): Row {
  return {
    id: String(i),
    frame: columns.frame[i],
    timeSeconds: columns.timeNs[i] / 1e9,
    sequence: columns.sequence[i],
    timestamp: columns.timestamp[i],
    payloadType: columns.payloadType[i],
    marker: columns.marker[i] === 1,
    deltaMs: known(columns.deltaMs[i]),
    jitterMs: known(columns.jitterMs[i]),
    skewMs: known(columns.skewMs[i]),
    bandwidthKbps: columns.bandwidthKbps[i],
    lostBefore: columns.lostBefore[i],
    status: packetStatuses[columns.status[i]],
    wiresharkDeltaMs: columns.wiresharkDeltaMs[i],
    wiresharkJitterMs: columns.wiresharkJitterMs[i],
    wiresharkSkewMs: columns.wiresharkSkewMs[i],
  };
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
