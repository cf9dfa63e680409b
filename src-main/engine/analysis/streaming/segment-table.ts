import type { TableDefinition } from '#shared/model/table';
import { type Buffered, bufferModel } from './playback-model';
import type { Presentation } from './presentation';
import type { SegmentFetches } from './segment-fetches';
import { playedSegments, type WatchedSegment, watchedSegments } from './watched';

/** Segments of one session: `TableQuery.scope` is its id. */
export const segmentTable: TableDefinition = {
  id: 'segments',
  title: 'Segments',
  columns: [
    { id: 'sequence', title: 'Sequence', kind: 'integer', width: 80, description: 'Media sequence number (RFC 8216).' },
    { id: 'rendition', title: 'Variant', kind: 'text', width: 130 },
    {
      id: 'state',
      title: 'State',
      kind: 'state',
      width: 110,
      values: ['complete', 'damaged', 'failed', 'skipped', 'not-requested'],
    },
    { id: 'mediaSeconds', title: 'Plays', kind: 'seconds', width: 80, description: 'How long it plays.' },
    { id: 'bytes', title: 'Bytes', kind: 'bytes', width: 90 },
    { id: 'missingBytes', title: 'Missing', kind: 'bytes', width: 80, aliases: ['missing'] },
    { id: 'timeSeconds', title: 'Requested', kind: 'seconds', width: 95, aliases: ['time'] },
    { id: 'downloadSeconds', title: 'Download', kind: 'seconds', width: 90, description: 'Request to last byte.' },
    {
      id: 'speed',
      title: 'Speed',
      kind: 'bits-per-second',
      width: 100,
      description: 'Bytes × 8 / (last byte − first byte).',
    },
    {
      id: 'bitrate',
      title: 'Bitrate',
      kind: 'bits-per-second',
      width: 100,
      description: 'Bytes × 8 / how long it plays.',
    },
    {
      id: 'bufferSeconds',
      title: 'Buffer',
      kind: 'seconds',
      width: 80,
      description: 'Media not yet played when it had come, for a player that starts with the first segment.',
    },
    {
      id: 'stalledSeconds',
      title: 'Stalled',
      kind: 'seconds',
      width: 80,
      description: 'How long that player would have stood still before it.',
      aliases: ['stall'],
    },
    { id: 'times', title: 'Fetched', kind: 'integer', width: 70, description: 'How often it came.' },
    { id: 'frame', title: 'Frame', kind: 'integer', width: 80 },
    { id: 'url', title: 'Address', kind: 'text', width: 320 },
  ],
};

/** All segments of a presentation: what is played first, then what else was planned or fetched. */
export function segmentRows(presentation: Presentation, fetches: SegmentFetches) {
  const buffers = new Map<WatchedSegment['segment'], Buffered>();
  for (const role of ['main', 'audio'] as const) {
    const played = playedSegments(presentation, role, fetches).filter(({ fetch }) => (fetch?.times ?? 0) > 0);
    const model = bufferModel(
      played.map(({ fetch, segment }) => ({
        arrivedSeconds: (fetch?.lastByteNs ?? 0) / 1e9,
        durationSeconds: segment.durationSeconds,
      })),
    );
    played.forEach(({ segment }, i) => buffers.set(segment, model[i]));
  }
  return presentation.renditions.flatMap((rendition) =>
    watchedSegments(presentation, rendition, fetches).map((watched) =>
      rowOf(watched, buffers.get(watched.segment) ?? null),
    ),
  );
}

function rowOf({ fetch, rendition, segment, state }: WatchedSegment, buffered: Buffered | null) {
  const sent = fetch === null ? 0 : (fetch.lastByteNs - fetch.firstByteNs) / 1e9;
  const bits = 8 * (fetch?.bytes ?? 0);
  return {
    id: `segment-${rendition.id}-${segment.sequence}`,
    sequence: segment.sequence,
    rendition: renditionLabel(rendition),
    state,
    mediaSeconds: segment.durationSeconds,
    bytes: fetch?.bytes ?? null,
    missingBytes: fetch?.missing ?? null,
    timeSeconds: fetch && fetch.requestNs >= 0 ? fetch.requestNs / 1e9 : null,
    downloadSeconds: fetch && fetch.requestNs >= 0 ? (fetch.lastByteNs - fetch.requestNs) / 1e9 : null,
    speed: sent > 0 ? bits / sent : null,
    bitrate: fetch && segment.durationSeconds > 0 ? bits / segment.durationSeconds : null,
    bufferSeconds: buffered?.bufferSeconds ?? null,
    stalledSeconds: buffered?.stalledSeconds ?? null,
    times: fetch?.times ?? 0,
    frame: fetch && fetch.record.requestFrame >= 0 ? fetch.record.requestFrame : null,
    url: segment.url,
  };
}

/** `1280x720, 2.4 Mbit/s`, `audio en`. */
export function renditionLabel({ bandwidth, height, id, language, role, width }: WatchedSegment['rendition']): string {
  const parts = [
    role === 'audio' ? `audio${language === null ? '' : ` ${language}`}` : '',
    width && height ? `${width}x${height}` : '',
    bandwidth > 0 ? `${Number((bandwidth / 1e6).toPrecision(2))} Mbit/s` : '',
  ].filter((part) => part !== '');
  return parts.length > 0 ? parts.join(', ') : (id.split('?')[0].split('/').pop() ?? id);
}
