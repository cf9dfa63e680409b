import type { HttpField, HttpHead } from './message';

/** How a body is delimited (RFC 9112, section 6.3). */
export type BodyFraming = 'none' | 'length' | 'chunked' | 'close';

/** What follows a head. */
export interface BodyPlan {
  readonly framing: BodyFraming;
  /** With `length`. */
  readonly length: number;
  /** It is not certain: a start line where the body should begin means that there is none. */
  readonly isDoubtful: boolean;
  /** What comes behind the message: another one; something that only the other side decides; not HTTP any more. */
  readonly then: 'message' | 'hold' | 'raw';
}

export interface Http1Handler {
  onHead(head: HttpHead): BodyPlan;
  onBody(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void;
  onBodyGap(length: number, frame: number, timeNs: number): void;
  onTrailers(fields: readonly HttpField[]): void;
  /** The message is over; `isComplete` is false when its end never came. */
  onMessageEnd(isComplete: boolean): void;
  /** Bytes of what the connection was turned into. */
  onRaw(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void;
  onRawGap(length: number, frame: number, timeNs: number): void;
  /** Bytes were lost or make no sense, and with them any number of messages. */
  onLost(): void;
}

/** Which start lines a direction can have. */
export type StartLineKind = 'any' | 'request' | 'response';
