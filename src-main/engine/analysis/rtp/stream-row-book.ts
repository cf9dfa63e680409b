import type { StreamRow } from '#shared/model/stream';
import type { RtpStream } from './rtp-stream';
import { findPeer, streamRow } from './stream-row';

/** Rows of streams, made anew where something changed. */
export class StreamRowBook {
  private readonly made = new Map<string, { readonly key: string; readonly row: StreamRow }>();
  /** Streams of each call; null when they have to be looked up anew. */
  private byCall: Map<string, RtpStream[]> | null = null;

  /** A stream or a description was added: streams may belong to other calls. */
  forgetCalls(): void {
    this.byCall = null;
  }

  /** Row of a stream; `reverse` are those of the flow in the other direction, `all` those of the capture. */
  row(stream: RtpStream, reverse: readonly RtpStream[], all: readonly RtpStream[]): StreamRow {
    const peer = findPeer(stream, reverse, this.streamsOfCall(stream.callIds[0], all));
    const key = `${stream.revision} ${peer?.id} ${stream.videoFacts !== null}`;
    const known = this.made.get(stream.id);
    if (known?.key === key) return known.row;
    const row = streamRow(stream, peer);
    this.made.set(stream.id, { key, row });
    return row;
  }

  private streamsOfCall(callId: string | undefined, all: readonly RtpStream[]): readonly RtpStream[] {
    if (callId === undefined) return [];
    if (this.byCall === null) {
      this.byCall = new Map();
      for (const stream of all) {
        for (const id of stream.callIds) {
          const own = this.byCall.get(id);
          if (own) own.push(stream);
          else this.byCall.set(id, [stream]);
        }
      }
    }
    return this.byCall.get(callId) ?? [];
  }
}
