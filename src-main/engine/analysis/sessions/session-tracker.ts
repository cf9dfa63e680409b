import type { Ladder } from '#shared/model/call';
import type { ObjectRow, SessionMessageDetail, SessionRow } from '#shared/model/session';
import type { StreamRow } from '#shared/model/stream';
import type { Frame } from '../../capture/frame';
import type { ConversationVerdict } from '../../flow/conversation-rows';
import type { StreamProtocol } from '../../flow/stream-dissector';
import type { PacketView } from '../../net/packet';
import type { RowSource } from '../../store/table-view';
import type { TableDefinition } from '#shared/model/table';
import type { TableId } from '#shared/query/table-query';
import type { MediaFile, MediaSamples } from './media-samples';

/** A table that a tracker serves; `scope` is the id of the session it belongs to, empty for tables of everything. */
export interface TrackerTable {
  readonly id: TableId;
  readonly definition: TableDefinition;
  /** Null when there is nothing of that scope. */
  rows(scope: string): RowSource | null;
}

/** Finds the sessions of one kind. Everything but `revision`, `sessions` and `streams` may be made when asked for. */
export interface SessionTracker {
  /** Grows when sessions, streams or objects change. */
  readonly revision: number;
  readonly tables?: readonly TrackerTable[];
  /** What it looks for in byte streams. */
  readonly protocols?: readonly StreamProtocol[];
  /** Takes the payload of a datagram that is neither RTP nor SIP; true when it is its own, and nobody else's. */
  datagram?(flow: number, packet: PacketView, frame: Frame): boolean;
  /** What a transport conversation of datagrams was taken for, and why. */
  verdict?(conversation: number): ConversationVerdict | null;
  sessions(): readonly SessionRow[];
  /** Media streams that are no RTP streams. */
  streams?(): readonly StreamRow[];
  objects?(): readonly ObjectRow[];
  /** How many `objects` there are. */
  readonly objectCount?: number;
  /** Coded samples of a session or of one of its streams; null when the id is not its own or has none. */
  samples?(id: string): MediaSamples | null;
  /** Bytes of a session, a stream or an object as they were sent; null when the id is not its own or has none. */
  file?(id: string): MediaFile | null;
  ladder?(id: string): Ladder | null;
  message?(id: string): SessionMessageDetail | null;
  /** Frames that belong to a session, stream or object, and flows that may hold more of them; null when not its own. */
  framesOf?(id: string): { readonly flows: readonly number[]; readonly frames: readonly number[] } | null;
  /** Nothing more comes. */
  finish?(): void;
}
