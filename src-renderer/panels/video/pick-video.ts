/** A video stream as the streams table has it, or a session with a picture. */
export interface VideoStream {
  readonly id: string;
  readonly callId: string | null;
  readonly codec: string | null;
  readonly clockRateHz: number | null;
  readonly src: string;
  readonly dst: string;
}

interface Wishes {
  /** What plays or is loaded. */
  readonly loadedId: string | null;
  readonly isPlaying: boolean;
  readonly streamId: string | null;
  readonly callId: string | null;
  /** The session when it was selected as a whole: its picture comes with its sound. */
  readonly sessionId?: string | null;
  /** Chosen in the panel, of several of a call. */
  readonly chosenId: string | null;
}

/**
 * The stream whose picture is shown: the one that plays, else the session or stream that is selected, else one of the
 * call that is selected, else the one that is loaded. What plays goes on playing until something else is played.
 */
export function pickVideo(streams: readonly VideoStream[], wishes: Wishes): VideoStream | null {
  const { loadedId, isPlaying, streamId, callId, sessionId = null, chosenId } = wishes;
  const byId = (id: string | null): VideoStream | undefined => streams.find((stream) => stream.id === id);
  const loaded = byId(loadedId);
  if (isPlaying && loaded) return loaded;
  const call = isPlaying && streams.some((stream) => stream.callId === loadedId) ? loadedId : callId;
  const ofCall = videosOfCall(streams, call);
  const chosen = ofCall.find((stream) => stream.id === chosenId);
  return byId(sessionId) ?? byId(streamId) ?? chosen ?? ofCall[0] ?? loaded ?? null;
}

/** Video streams of a call, in the order of their start. */
export function videosOfCall(streams: readonly VideoStream[], callId: string | null): readonly VideoStream[] {
  return callId === null ? [] : streams.filter((stream) => stream.callId === callId);
}
