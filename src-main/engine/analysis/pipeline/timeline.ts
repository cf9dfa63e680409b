import type { CallRow } from '#shared/model/call';
import { type SessionRow, sessionKindNames } from '#shared/model/session';
import type { StreamRow } from '#shared/model/stream';
import type { MediaTimeline, TimelineLane } from '#shared/model/timeline';

/** Slices a bar's loss is shown in. */
export const heatSlices = 64;

/**
 * All calls and sessions of media with their streams below them, then the streams of neither, each in the order of its
 * start.
 */
export function buildTimeline(
  durationSeconds: number,
  calls: readonly CallRow[],
  sessions: readonly SessionRow[],
  streams: readonly StreamRow[],
  lossHeat: (streamId: string) => Float32Array,
): MediaTimeline {
  const byStart = (a: { startSeconds: number }, b: { startSeconds: number }): number => a.startSeconds - b.startSeconds;
  const ordered = [...streams].sort(byStart);
  const ofCall = grouped(ordered, ({ callId }) => callId);
  const ofSession = grouped(ordered, ({ callId, sessionId }) => (callId === null ? sessionId : null));
  const lanes: TimelineLane[] = [];
  for (const call of [...calls].sort(byStart)) {
    const own = ofCall.get(call.id) ?? [];
    lanes.push(callLane(call, own));
    for (const stream of own) lanes.push(streamLane(stream, call.id, lossHeat(stream.id)));
  }
  const shown = new Set<string>();
  for (const session of [...sessions].sort(byStart)) {
    const own = ofSession.get(session.id) ?? [];
    if (session.media === null && own.length === 0) continue;
    shown.add(session.id);
    lanes.push(sessionLane(session, own));
    for (const stream of own) lanes.push(streamLane(stream, session.id, lossHeat(stream.id)));
  }
  for (const stream of ordered) {
    if (stream.sessionId !== null && shown.has(stream.sessionId)) continue;
    if (stream.callId === null) lanes.push(streamLane(stream, null, lossHeat(stream.id)));
  }
  return { durationSeconds, lanes };
}

/** Streams by what they belong to, in their order: looked for in all of them for each call they would take minutes. */
function grouped(
  streams: readonly StreamRow[],
  ownerOf: (stream: StreamRow) => string | null,
): ReadonlyMap<string, StreamRow[]> {
  const groups = new Map<string, StreamRow[]>();
  for (const stream of streams) {
    const owner = ownerOf(stream);
    if (owner === null) continue;
    const own = groups.get(owner);
    if (own) own.push(stream);
    else groups.set(owner, [stream]);
  }
  return groups;
}

/** When the last of the streams ends, `since` at the earliest. */
function endOf(since: number, streams: readonly StreamRow[]): number {
  return streams.reduce((end, stream) => Math.max(end, stream.startSeconds + stream.durationSeconds), since);
}

function callLane(call: CallRow, streams: readonly StreamRow[]): TimelineLane {
  const signalled = call.startSeconds + (call.setupSeconds ?? 0) + (call.durationSeconds ?? 0);
  return {
    id: `lane-${call.id}`,
    kind: 'call',
    sourceId: call.id,
    label: `${call.from} → ${call.to}`,
    detail: call.finalStatus !== null && call.finalStatus >= 300 ? `${call.state} (${call.finalStatus})` : call.state,
    startSeconds: call.startSeconds,
    endSeconds: endOf(signalled, streams),
    parentId: null,
    lossHeat: new Float32Array(0),
  };
}

function sessionLane(session: SessionRow, streams: readonly StreamRow[]): TimelineLane {
  return {
    id: `lane-${session.id}`,
    kind: 'session',
    sourceId: session.id,
    label: `${sessionKindNames[session.kind]} ${session.url ?? `${session.server} → ${session.client}`}`,
    detail: session.state,
    startSeconds: session.startSeconds,
    endSeconds: endOf(session.startSeconds + session.durationSeconds, streams),
    parentId: null,
    lossHeat: new Float32Array(0),
  };
}

function streamLane(stream: StreamRow, parentId: string | null, lossHeat: Float32Array): TimelineLane {
  return {
    id: `lane-${stream.id}`,
    kind: stream.kind,
    sourceId: stream.id,
    label: `${stream.codec ?? 'RTP'} ${stream.src} → ${stream.dst}`,
    detail: stream.transport === 'rtp' ? `${stream.packets} packets, ${stream.lost} lost` : detailOf(stream),
    startSeconds: stream.startSeconds,
    endSeconds: stream.startSeconds + stream.durationSeconds,
    parentId: parentId === null ? null : `lane-${parentId}`,
    lossHeat,
  };
}

/** What is worth saying of a stream that has no packets of its own. */
function detailOf({ audio, video }: StreamRow): string {
  if (video) return `${video.frames} pictures${video.damagedFrames > 0 ? `, ${video.damagedFrames} damaged` : ''}`;
  return audio ? `${audio.sampleRateHz} Hz, ${audio.channels} ${audio.channels === 1 ? 'channel' : 'channels'}` : '';
}
