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
  const lanes: TimelineLane[] = [];
  for (const call of [...calls].sort(byStart)) {
    const own = ordered.filter((stream) => stream.callId === call.id);
    lanes.push(callLane(call, own));
    for (const stream of own) lanes.push(streamLane(stream, call.id, lossHeat(stream.id)));
  }
  const shown = new Set<string>();
  for (const session of [...sessions].sort(byStart)) {
    const own = ordered.filter(({ callId, sessionId }) => callId === null && sessionId === session.id);
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

function callLane(call: CallRow, streams: readonly StreamRow[]): TimelineLane {
  const ends = streams.map((stream) => stream.startSeconds + stream.durationSeconds);
  const signalled = call.startSeconds + (call.setupSeconds ?? 0) + (call.durationSeconds ?? 0);
  return {
    id: `lane-${call.id}`,
    kind: 'call',
    sourceId: call.id,
    label: `${call.from} → ${call.to}`,
    detail: call.finalStatus !== null && call.finalStatus >= 300 ? `${call.state} (${call.finalStatus})` : call.state,
    startSeconds: call.startSeconds,
    endSeconds: Math.max(signalled, ...ends),
    parentId: null,
    lossHeat: new Float32Array(0),
  };
}

function sessionLane(session: SessionRow, streams: readonly StreamRow[]): TimelineLane {
  const ends = streams.map((stream) => stream.startSeconds + stream.durationSeconds);
  return {
    id: `lane-${session.id}`,
    kind: 'session',
    sourceId: session.id,
    label: `${sessionKindNames[session.kind]} ${session.url ?? `${session.server} → ${session.client}`}`,
    detail: session.state,
    startSeconds: session.startSeconds,
    endSeconds: Math.max(session.startSeconds + session.durationSeconds, ...ends),
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
