import type { CallRow } from '#shared/model/call';
import type { StreamRow } from '#shared/model/stream';
import type { MediaTimeline, TimelineLane } from '#shared/model/timeline';

/** Slices a bar's loss is shown in. */
export const heatSlices = 64;

/** All calls with their streams below them, then the streams without a call, each in the order of its start. */
export function buildTimeline(
  durationSeconds: number,
  calls: readonly CallRow[],
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
  for (const stream of ordered) {
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

function streamLane(stream: StreamRow, callId: string | null, lossHeat: Float32Array): TimelineLane {
  return {
    id: `lane-${stream.id}`,
    kind: stream.kind,
    sourceId: stream.id,
    label: `${stream.codec ?? 'RTP'} ${stream.src} → ${stream.dst}`,
    detail: `${stream.packets} packets, ${stream.lost} lost`,
    startSeconds: stream.startSeconds,
    endSeconds: stream.startSeconds + stream.durationSeconds,
    parentId: callId === null ? null : `lane-${callId}`,
    lossHeat,
  };
}
