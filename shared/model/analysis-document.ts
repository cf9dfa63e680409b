import type { CallRow } from './call';
import type { CaptureSummary, ConversationCounts } from './capture';
import type { DiagnosticRow } from './diagnostic';
import type { ObjectRow, SessionRow } from './session';
import type { StreamRow } from './stream';
import type { WlanNetworkRow } from './wlan';

/** What `tapdeck analyze --json` prints. Field names are a contract; fields may be added. */
export interface AnalysisDocument {
  readonly tool: { readonly name: 'tapdeck'; readonly version: string };
  readonly capture: Pick<
    CaptureSummary,
    | 'path'
    | 'format'
    | 'bytes'
    | 'sha256'
    | 'packets'
    | 'duplicateFrames'
    | 'firstTime'
    | 'durationSeconds'
    | 'linkTypes'
    | 'complete'
    | 'compression'
    | 'files'
  >;
  readonly conversations: ConversationCounts;
  readonly calls: readonly CallDocument[];
  readonly streams: readonly StreamDocument[];
  readonly sessions: readonly SessionDocument[];
  readonly objects: readonly ObjectDocument[];
  /** 802.11 networks and stations, and what of them could be decrypted. */
  readonly wlanNetworks: readonly WlanNetworkRow[];
  readonly diagnostics: readonly Omit<DiagnosticRow, 'id'>[];
}

/** `startTime` is RFC 3339 with nanoseconds, UTC. */
export type CallDocument = Omit<CallRow, 'startSeconds' | 'lostPercent'> & { readonly startTime: string };
export type StreamDocument = Omit<StreamRow, 'startSeconds'> & { readonly startTime: string };
export type SessionDocument = Omit<SessionRow, 'startSeconds'> & { readonly startTime: string };
export type ObjectDocument = Omit<ObjectRow, 'startSeconds'> & { readonly startTime: string };

/** What the engine knows of the document: the rest is known by who opened the capture. */
export type EngineDocument = Omit<AnalysisDocument, 'tool' | 'capture'>;
