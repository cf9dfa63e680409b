/** What a figure of the summary means, and who says so. */
export interface Definition {
  readonly meaning: string;
  readonly formula?: string;
  readonly source: string;
}

export const definitions = {
  packets: {
    meaning: 'RTP packets of this source, destination and SSRC in the capture, duplicates and late ones included.',
    source: 'RFC 3550, section 5.1',
  },
  expected: {
    meaning:
      'Sequence numbers that should have come. After a restart of the numbering the count begins anew and the parts are added up.',
    formula: 'highest extended sequence number − first + 1',
    source: 'RFC 3550, appendix A.3',
  },
  lost: {
    meaning: 'Sequence numbers that never came. A duplicate does not make up for a loss, a late packet does.',
    formula: 'expected − different sequence numbers received',
    source: 'RFC 3550, appendix A.3; duplicates counted apart (RFC 7097)',
  },
  lostPercent: {
    meaning: 'Share of the expected packets that never came.',
    formula: '100 · lost / expected',
    source: 'RFC 3550, section 6.4.1',
  },
  duplicates: {
    meaning: 'Packets whose sequence number had been received already.',
    source: 'RFC 3611, section 4.2; RFC 7097',
  },
  reordered: {
    meaning: 'Packets that came after a packet with a higher sequence number.',
    source: 'RFC 4737, section 3.3',
  },
  sequenceErrors: {
    meaning:
      'Events: each gap counts once however many packets it swallowed, each late and each duplicate packet once.',
    source: 'as Wireshark counts them',
  },
  restarts: {
    meaning: 'The sender began a new numbering in the middle of the stream.',
    formula: 'two consecutive packets more than 3000 ahead of or 100 behind the expected number',
    source: 'RFC 3550, appendix A.1',
  },
  truncated: {
    meaning:
      'Packets whose payload the capture cut short (snap length). They count as received; their sound is missing.',
    source: 'captured length below the length on the wire',
  },
  maxDelta: {
    meaning:
      'Longest time between two packets that follow each other in the capture. Silence that was not sent is left out.',
    formula: 'arrival(i) − arrival(i−1)',
    source: 'silence: RFC 3551, section 4.1',
  },
  wiresharkDelta: {
    meaning: 'As Wireshark shows it. Tapdeck shows the largest one: the mean of a complete stream is its packet time.',
    formula: 'marked packets, comfort noise and timestamps from behind the first one left out',
    source: 'Wireshark 4.0, RTP streams',
  },
  meanJitter: {
    meaning: 'Mean of the interarrival jitter over all packets that changed it.',
    formula: 'J(i) = J(i−1) + (|D(i−1,i)| − J(i−1)) / 16',
    source: 'RFC 3550, section 6.4.1 and appendix A.8',
  },
  maxJitter: {
    meaning: 'Largest value of the interarrival jitter.',
    formula: 'J(i) = J(i−1) + (|D(i−1,i)| − J(i−1)) / 16',
    source: 'RFC 3550, section 6.4.1 and appendix A.8',
  },
  maxSkew: {
    meaning:
      'Media time minus arrival time since the start, where it is largest. Positive: the packet came early, or the sender’s clock runs fast.',
    formula: '(timestamp(i) − timestamp(0)) / clock rate − (arrival(i) − arrival(0))',
    source: 'RFC 3550, section 6.4.1, summed up from the start',
  },
  clockDrift: {
    meaning: 'How much faster than its nominal rate the media clock runs against the clock of the capture.',
    formula: '(slope of timestamp over arrival / clock rate − 1) · 10⁶, least squares',
    source: 'told from 2 s and 20 packets on',
  },
  mos: {
    meaning:
      'Estimated listening quality from 1 to 4.5. A planning model, not a measurement: it knows loss and codec, not what was said. Late packets do not count as lost.',
    formula: 'MOS = 1 + 0.035 R + R (R − 60)(100 − R) · 7 · 10⁻⁶',
    source: 'ITU-T G.107, annex B',
  },
  r: {
    meaning: 'Rating of the transmission from 0 to 100; 93.2 without impairments.',
    formula: 'R = 93.2 − Id − Ie,eff;  Ie,eff = Ie + (95 − Ie) · Ppl / (Ppl / BurstR + Bpl)',
    source: 'ITU-T G.107, equations 7-1 and 7-29',
  },
  ie: { meaning: 'Impairment by the codec itself.', source: 'ITU-T G.113, appendix I' },
  bpl: {
    meaning: 'How well the codec bears random loss; 4.3 is G.711 without concealment.',
    source: 'ITU-T G.113, appendix I',
  },
  burstR: {
    meaning: 'How much longer the bursts of loss are than random loss of the same size would make them.',
    formula: 'mean length of a burst / (1 / (1 − loss))',
    source: 'ITU-T G.107, section 7.3',
  },
  delay: {
    meaning: 'One-way delay that the estimate assumes. A capture does not tell it.',
    source: 'ITU-T G.107, section 7.4',
  },
  dtmf: { meaning: 'Digits sent as telephone events, in their order.', source: 'RFC 4733, section 2.5' },
  codec: { meaning: 'Encoding of the payload.', source: 'RFC 3551, section 6; the session’s SDP (RFC 8866)' },
  clockRate: { meaning: 'Timestamp units a second.', source: 'RFC 3551, section 4.1' },
  basis: {
    meaning: 'What the codec was concluded from: signalling, the fixed payload types, or the packets themselves.',
    source: 'RFC 3551, section 6; RFC 8866, section 6.6',
  },
  payloadTypes: { meaning: 'Payload types that occurred.', source: 'RFC 3550, section 5.1' },
} as const satisfies Record<string, Definition>;

export type DefinitionId = keyof typeof definitions;
