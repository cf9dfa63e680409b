import type { StreamRow } from '#shared/model/stream';
import { formatDuration, formatInteger, nothing } from '../../widgets/format';
import { formatSeconds } from '../../widgets/time-format';
import type { DefinitionId } from './definitions';

/** One figure of the summary, ready to be shown. */
export interface SummaryRow {
  readonly term: string;
  readonly definition: DefinitionId | null;
  readonly value: string;
  /** What `tshark -z rtp,streams` shows; null where it shows nothing of the kind. */
  readonly wireshark: string | null;
  /** Why Wireshark shows something else; null when it shows the same. */
  readonly reason: string | null;
}

export interface SummaryGroup {
  readonly title: string;
  readonly rows: readonly SummaryRow[];
}

const basisNames: Readonly<Record<NonNullable<StreamRow['basis']>, string>> = {
  static: 'fixed payload type',
  sdp: 'SDP',
  rtsp: 'RTSP',
  container: 'container',
  inferred: 'inferred from the packets',
  user: 'your choice',
};

/** Everything known of a stream in groups, beside Wireshark's figures. */
export function summarise(stream: StreamRow): SummaryGroup[] {
  const groups: SummaryGroup[] = [
    { title: 'Packets', rows: packetRows(stream) },
    { title: 'Delta', rows: deltaRows(stream) },
    { title: 'Jitter', rows: jitterRows(stream) },
    { title: 'Clock', rows: clockRows(stream) },
    { title: 'Quality', rows: qualityRows(stream) },
    { title: 'Payload', rows: payloadRows(stream) },
  ];
  return groups.filter((group) => group.rows.length > 0);
}

function packetRows(stream: StreamRow): SummaryRow[] {
  const { wireshark } = stream;
  const why = countReason(stream);
  return [
    plain('Packets', 'packets', formatInteger(stream.packets)),
    beside('Expected', 'expected', formatInteger(stream.expected), formatInteger(wireshark.expected), why),
    beside('Lost', 'lost', formatInteger(stream.lost), formatInteger(wireshark.lost), why),
    beside('Lost share', 'lostPercent', percent(stream.lostPercent), percent(wireshark.lostPercent), why),
    plain('Duplicates', 'duplicates', formatInteger(stream.duplicates)),
    plain('Reordered', 'reordered', formatInteger(stream.reordered)),
    plain('Sequence errors', 'sequenceErrors', formatInteger(stream.sequenceErrors)),
    plain('Restarts', 'restarts', formatInteger(stream.restarts)),
    ...(stream.truncatedPackets > 0 ? [plain('Cut short', 'truncated', formatInteger(stream.truncatedPackets))] : []),
  ];
}

function deltaRows(stream: StreamRow): SummaryRow[] {
  const { wireshark } = stream;
  const why = deltaReason(stream);
  return [
    only('Smallest', 'wiresharkDelta', ms(wireshark.minDeltaMs)),
    only('Mean', 'wiresharkDelta', ms(wireshark.meanDeltaMs)),
    beside('Largest', 'maxDelta', ms(stream.maxDeltaMs), ms(wireshark.maxDeltaMs), why),
  ];
}

function jitterRows(stream: StreamRow): SummaryRow[] {
  const { wireshark } = stream;
  const why = jitterReason(stream);
  return [
    only('Smallest', 'meanJitter', ms(wireshark.minJitterMs)),
    beside('Mean', 'meanJitter', ms(stream.meanJitterMs), ms(wireshark.meanJitterMs), why),
    beside('Largest', 'maxJitter', ms(stream.maxJitterMs), ms(wireshark.maxJitterMs), why),
  ];
}

function clockRows(stream: StreamRow): SummaryRow[] {
  const drift = stream.clockDriftPpm;
  return [
    beside('Largest skew', 'maxSkew', ms(stream.maxSkewMs), ms(stream.wireshark.maxSkewMs), skewReason(stream)),
    plain('Drift', 'clockDrift', drift === null ? nothing : `${formatSeconds(drift, 1)}\u00a0ppm`),
  ];
}

function qualityRows({ mos }: StreamRow): SummaryRow[] {
  if (mos === null) return [];
  return [
    plain('MOS (estimated)', 'mos', mos.value.toFixed(2)),
    plain('R', 'r', mos.r.toFixed(1)),
    plain('Ie', 'ie', mos.ie.toFixed(1)),
    plain('Bpl', 'bpl', mos.bpl.toFixed(1)),
    plain('BurstR', 'burstR', mos.burstR.toFixed(2)),
    plain('Delay assumed', 'delay', `${mos.delayMs.toFixed(0)}\u00a0ms`),
    { term: 'Profile', definition: null, value: mos.profile, wireshark: null, reason: null },
  ];
}

function payloadRows(stream: StreamRow): SummaryRow[] {
  const basis = stream.basis === null ? nothing : basisNames[stream.basis];
  const others = stream.alternatives.map(({ codec, confidence }) => `${codec} ${share(confidence)}`);
  return [
    plain('Codec', 'codec', stream.codec ?? 'unknown'),
    plain('Payload types', 'payloadTypes', stream.payloadTypes.join(', ') || nothing),
    plain(
      'Clock rate',
      'clockRate',
      stream.clockRateHz === null ? 'unknown' : `${formatInteger(stream.clockRateHz)}\u00a0Hz`,
    ),
    plain('Known by', 'basis', basis),
    plain('Confidence', 'basis', share(stream.confidence)),
    ...(others.length > 0 ? [plain('Or else', 'basis', others.join(', '))] : []),
    ...(stream.reasons.length > 0 ? [plain('Because', 'basis', stream.reasons.join('; '))] : []),
    {
      term: 'Duration',
      definition: null,
      value: formatDuration(stream.durationSeconds),
      wireshark: null,
      reason: null,
    },
    ...(stream.dtmf === '' ? [] : [plain('DTMF', 'dtmf', stream.dtmf)]),
    ...(stream.encryption === 'none'
      ? []
      : [
          {
            term: 'Encryption',
            definition: null,
            value: `${stream.encryption.toUpperCase()}${stream.decrypted ? ', decrypted' : ''}`,
            wireshark: null,
            reason: null,
          },
        ]),
  ];
}

function plain(term: string, definition: DefinitionId, value: string): SummaryRow {
  return { term, definition, value, wireshark: null, reason: null };
}

/** A figure that only Wireshark shows. */
function only(term: string, definition: DefinitionId, wireshark: string): SummaryRow {
  return { term, definition, value: nothing, wireshark, reason: null };
}

/** Two figures are different when they are written differently. */
function beside(term: string, definition: DefinitionId, value: string, wireshark: string, why: string): SummaryRow {
  return { term, definition, value, wireshark, reason: value === wireshark ? null : why };
}

function ms(value: number | null): string {
  return value === null ? nothing : `${formatSeconds(value, 3)}\u00a0ms`;
}

function percent(value: number): string {
  return `${formatSeconds(value, 2)}\u00a0%`;
}

function share(confidence: number): string {
  return `${Math.round(confidence * 100)}\u00a0%`;
}

function countReason(stream: StreamRow): string {
  const reasons = [
    stream.restarts > 0 &&
      'Wireshark counts across a restart as if the numbers in between had been lost; here the parts are added up.',
    stream.duplicates > 0 && 'Wireshark counts duplicates as received, which hides losses and can make them negative.',
    stream.reordered > 0 && 'Wireshark counts up to the packet captured last, even when that is a late one.',
  ];
  return joined(reasons, 'Wireshark counts up to the packet captured last; here the highest number counts.');
}

function deltaReason(stream: StreamRow): string {
  return joined(
    [
      (stream.duplicates > 0 || stream.reordered > 0) &&
        'Wireshark measures from the last packet that was in time, here every packet counts.',
      (stream.maxDeltaMs ?? 0) < stream.wireshark.maxDeltaMs &&
        'Wireshark counts a pause as delta where no marker bit follows it; here silence that was not sent is left out.',
    ],
    'Wireshark leaves out packets with the marker bit, comfort noise and what follows it; here only unsent silence is left out.',
  );
}

function clockReason({ clockRateHz, wireshark }: StreamRow): string | false {
  if (clockRateHz === null) return false;
  if (wireshark.minJitterMs < 0 && wireshark.maxJitterMs === 0) {
    return 'Wireshark knows no clock rate for this payload type, or no packet that it would count.';
  }
  if (clockRateHz % 1000 === 0) return false;
  const whole = Math.floor(clockRateHz / 1000);
  return `Wireshark counts the clock in whole kilohertz: ${formatInteger(clockRateHz)} Hz as ${whole} kHz.`;
}

function jitterReason(stream: StreamRow): string {
  return joined(
    [
      clockReason(stream),
      stream.dtmf !== '' && 'Wireshark takes the repeated timestamps of telephone events for jitter.',
      stream.restarts > 0 && 'Wireshark measures across a restart; here the clock starts anew.',
    ],
    'Wireshark leaves packets with the marker bit and comfort noise out, and yet divides by all packets.',
  );
}

function skewReason(stream: StreamRow): string {
  return joined(
    [
      clockReason(stream),
      stream.dtmf !== '' && 'Wireshark takes the repeated timestamps of telephone events for skew.',
      stream.restarts > 0 && 'Wireshark measures across a restart; here the clock starts anew.',
    ],
    'Wireshark leaves packets with the marker bit and comfort noise out.',
  );
}

function joined(reasons: readonly (string | false)[], otherwise: string): string {
  const given = reasons.filter((reason) => reason !== false);
  return given.length > 0 ? given.join(' ') : otherwise;
}
