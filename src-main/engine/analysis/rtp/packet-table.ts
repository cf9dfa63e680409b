import type { ColumnDefinition, TableDefinition } from '#shared/model/table';

const columns: readonly ColumnDefinition[] = [
  { id: 'frame', title: 'Frame', kind: 'integer', width: 75, description: 'Number of the captured frame.' },
  {
    id: 'timeSeconds',
    title: 'Time',
    kind: 'seconds',
    width: 95,
    description: 'Arrival, seconds since the first frame of the capture.',
  },
  {
    id: 'sequence',
    title: 'Sequence',
    kind: 'integer',
    width: 80,
    description: 'Sequence number on the wire (RFC 3550, section 5.1).',
  },
  {
    id: 'timestamp',
    title: 'Timestamp',
    kind: 'integer',
    width: 100,
    description: 'RTP timestamp on the wire (RFC 3550, section 5.1).',
  },
  { id: 'payloadType', title: 'PT', kind: 'integer', width: 45, description: 'Payload type (RFC 3551).' },
  {
    id: 'marker',
    title: 'Marker',
    kind: 'flag',
    width: 60,
    description: 'First packet after silence in audio, last packet of a picture in video (RFC 3551, section 4.1).',
  },
  {
    id: 'deltaMs',
    title: 'Delta',
    kind: 'milliseconds',
    width: 80,
    description: 'Arrival after the previous packet of the stream in the capture.',
  },
  {
    id: 'jitterMs',
    title: 'Jitter',
    kind: 'milliseconds',
    width: 80,
    description: 'Interarrival jitter so far (RFC 3550, section 6.4.1, appendix A.8).',
  },
  {
    id: 'skewMs',
    title: 'Skew',
    kind: 'milliseconds',
    width: 80,
    description:
      'Media time minus arrival time since the start of the segment. Positive: early. Empty for duplicates and events.',
  },
  {
    id: 'bandwidthKbps',
    title: 'Bandwidth',
    kind: 'decimal',
    width: 90,
    description: 'IP bytes of the second up to this packet, headers included, in kbit/s.',
  },
  {
    id: 'lostBefore',
    title: 'Lost before',
    kind: 'integer',
    width: 85,
    description: 'Sequence numbers missing between the highest so far and this one; late packets may fill them yet.',
  },
  { id: 'status', title: 'Status', kind: 'state', width: 105, description: 'What stands out about the packet.' },
  {
    id: 'wiresharkDeltaMs',
    title: 'Delta (Wireshark)',
    kind: 'milliseconds',
    width: 120,
    isHidden: true,
    description: 'Arrival after the last packet that was not behind the first timestamp, as Wireshark 4.0 counts.',
  },
  {
    id: 'wiresharkJitterMs',
    title: 'Jitter (Wireshark)',
    kind: 'milliseconds',
    width: 120,
    isHidden: true,
    description: 'Interarrival jitter with the clock rate in whole kilohertz, as Wireshark 4.0 counts.',
  },
  {
    id: 'wiresharkSkewMs',
    title: 'Skew (Wireshark)',
    kind: 'milliseconds',
    width: 120,
    isHidden: true,
    description: 'Media time minus arrival time with the clock rate in whole kilohertz, as Wireshark 4.0 counts.',
  },
];

/** The per-packet table of one stream. */
export const packetTable: TableDefinition = { id: 'rtp-packets', title: 'RTP packets', columns };
