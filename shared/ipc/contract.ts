import { z } from 'zod';
import type { Result } from '../base/result';
import type { Artifact, Job } from '../model/artifact';
import type { Ladder, SipMessageDetail } from '../model/call';
import type { CaptureProgress, CaptureSummary } from '../model/capture';
import type { DecodeAsState } from '../model/decode-as';
import type { FollowPage, PacketDetail, PacketPosition } from '../model/packet';
import type { PlayerModel } from '../model/player';
import type { ObjectPreview, SessionMessageDetail, SessionRow } from '../model/session';
import type { RtpSeries, StreamRow } from '../model/stream';
import type { TableDefinition } from '../model/table';
import type { MediaTimeline } from '../model/timeline';
import type { DamageMode, Thumbnail, VideoMaking, VideoModel, VideoProgress } from '../model/video';
import type { TlsSummary } from '../model/tls';
import type { WlanNetworkRow } from '../model/wlan';
import type { TableId, TablePage } from '../query/table-query';

const id = z.string().min(1).max(200);
const path = z.string().min(1).max(4096);
const captureId = id;

export const tableIds = [
  'calls',
  'streams',
  'diagnostics',
  'conversations.ethernet',
  'conversations.wlan',
  'conversations.ipv4',
  'conversations.ipv6',
  'conversations.tcp',
  'conversations.udp',
  'conversations.sctp',
  'endpoints.ethernet',
  'endpoints.wlan',
  'endpoints.ipv4',
  'endpoints.ipv6',
  'endpoints.tcp',
  'endpoints.udp',
  'endpoints.sctp',
  'rtp-packets',
  'packets',
  'sessions',
  'objects',
  'exchanges',
  'session-messages',
  'ts-pids',
  'ts-checks',
  'segments',
] as const satisfies readonly TableId[];

const sortSchema = z.object({ column: id, direction: z.enum(['asc', 'desc']) });
const filterSchema = z.string().max(2000);

export const tableQuerySchema = z.object({
  table: z.enum(tableIds),
  scope: id.optional(),
  offset: z.number().int().min(0),
  limit: z.number().int().min(1).max(1000),
  sort: sortSchema.optional(),
  filter: filterSchema.optional(),
});

export const exportFormats = [
  'auto',
  'wav',
  'au',
  'mp4',
  'mkv',
  'webm',
  'raw',
  'rtpdump',
  'sdp',
  'csv',
  'flv',
  'ts',
  'jpg',
  'png',
  'srt',
  'vtt',
  'original',
  'pcap',
] as const;

/** A `DecodeAsRule`. */
const decodeAsRuleSchema = z.object({
  port: z.number().int().min(1).max(65_535),
  format: z
    .object({
      encodingName: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/),
      clockRateHz: z.number().int().min(1).max(999_999).nullable(),
      channels: z.number().int().min(1).max(99).nullable(),
    })
    .nullable(),
});

/** What was said of the ports of one capture, as it is remembered. */
export const decodedCaptureSchema = z.object({ sha256: id, rules: z.array(decodeAsRuleSchema).max(500) });

/** One schema a command: what the renderer may ask of the main process. */
export const commandSchemas = {
  'app:info': z.object({}),
  'app:open-dialog': z.object({}),
  'app:open-sample': z.object({}),
  'app:recent-files': z.object({}),
  'app:clear-recent-files': z.object({}),
  'app:set-theme': z.object({ theme: z.enum(['dark', 'light', 'system']) }),
  'app:copy-text': z.object({ text: z.string().max(10_000_000) }),
  'app:save-text': z.object({ suggestedName: z.string().max(200), text: z.string().max(50_000_000) }),
  'app:save-bytes': z.object({ suggestedName: z.string().max(200), bytes: z.instanceof(Uint8Array) }),
  /** `paths`: all files of a capture that is merged from several, `path` among them. */
  'capture:open': z.object({ path, paths: z.array(path).min(1).max(1000).optional() }),
  /** Reads on as the file grows, from the beginning when it was read to its end; or no longer. */
  'capture:follow': z.object({ captureId, follow: z.boolean() }),
  'capture:cancel': z.object({ captureId }),
  'capture:close': z.object({ captureId }),
  'capture:current': z.object({}),
  'capture:wlan-networks': z.object({ captureId }),
  /** Adds a key of an 802.11 network, `SSID:PASSPHRASE`, and reads the capture anew with it. */
  'capture:add-wlan-key': z.object({ captureId, key: z.string().min(1).max(300) }),
  'capture:tls-summary': z.object({ captureId }),
  /** Asks for a key log file of TLS, and reads the capture anew with it. */
  'capture:add-key-log': z.object({ captureId }),
  /** What was said of UDP ports, and what can be said. */
  'capture:decode-as': z.object({ captureId }),
  /**
   * Says what the flows of UDP ports carry, in place of all that was said before: kept with the capture. Where something
   * is taken back the capture is read anew.
   */
  'capture:set-decode-as': z.object({ captureId, rules: z.array(decodeAsRuleSchema).max(500) }),
  'table:definitions': z.object({}),
  'table:page': z.object({ captureId, query: tableQuerySchema }),
  'timeline:get': z.object({ captureId }),
  /** `callId` may be that of a session. */
  'call:ladder': z.object({ captureId, callId: id }),
  'call:message': z.object({ captureId, messageId: id }),
  'object:preview': z.object({ captureId, objectId: id }),
  'session:detail': z.object({ captureId, sessionId: id }),
  /** A message of a session: RTMP, RTSP, HTTP. */
  'session:message': z.object({ captureId, messageId: id }),
  'stream:detail': z.object({ captureId, streamId: id }),
  'stream:series': z.object({ captureId, streamId: id, buckets: z.number().int().min(1).max(20_000) }),
  'packet:detail': z.object({ captureId, frame: z.number().int().min(1) }),
  /** Index of a frame, or of the one nearest to a time, among the packets as they are sorted and filtered. */
  'packet:locate': z.object({
    captureId,
    target: z.union([z.object({ frame: z.number().int().min(1) }), z.object({ timeSeconds: z.number() })]),
    sort: sortSchema.optional(),
    filter: filterSchema.optional(),
  }),
  'conversation:follow': z.object({
    captureId,
    conversationId: id,
    /** Index of the first item of the page. */
    from: z.number().int().min(0),
    maxItems: z.number().int().min(1).max(1000),
    /** The page ends before the item that would go past this; at least one item comes. */
    maxBytes: z.number().int().min(1).max(4_000_000),
  }),
  'media:player': z.object({ captureId, sourceId: id }),
  /** `sourceId` is a video stream; `mode` is `faithful` when it is left out. */
  'media:video': z.object({ captureId, sourceId: id, mode: z.enum(['faithful', 'clean']).optional() }),
  /** A few small pictures of a video stream or a session, for overviews; none where there is nothing to be seen. */
  'media:thumbnails': z.object({ captureId, sourceId: id }),
  /** Of a video that comes in pieces: makes those from a time on first. The answer holds what is there already. */
  'media:video-pieces': z.object({
    captureId,
    sourceId: id,
    mode: z.enum(['faithful', 'clean']),
    fromSeconds: z.number().min(0),
  }),
  /** Stops what `media:video` is making, which fails with `cancelled`, or the making of pieces. */
  'media:cancel-video': z.object({ captureId, sourceId: id, mode: z.enum(['faithful', 'clean']) }),
  'export:start': z.object({
    captureId,
    sourceId: id,
    format: z.enum(exportFormats),
    /** Of a video stream: the way through damage, and whether it is encoded anew. */
    video: z
      .object({
        damage: z.enum(['faithful', 'clean']).optional(),
        quality: z.enum(['high', 'medium', 'low']).optional(),
      })
      .optional(),
    /** Where to write; without it the user is asked. */
    path: path.optional(),
  }),
  /** Sends a stream again; where it would leave this machine the user is asked. */
  'replay:start': z.object({
    captureId,
    streamId: id,
    /** `HOST:PORT`, or `HOST` for the port of the capture. */
    target: z.string().max(300),
    speed: z.number().min(0.1).max(100),
    isLooping: z.boolean(),
  }),
  /** Of an export or a replay, as the next one. */
  'export:cancel': z.object({ jobId: id }),
  'export:dismiss': z.object({ jobId: id }),
  'export:show-in-folder': z.object({ jobId: id }),
} as const;

export type CommandName = keyof typeof commandSchemas;
export type CommandInput<Name extends CommandName> = z.input<(typeof commandSchemas)[Name]>;

export interface AppInfo {
  readonly version: string;
  readonly electron: string;
  readonly chromium: string;
  readonly node: string;
  readonly platform: string;
  /** Version line of ffmpeg; null when none was found. */
  readonly ffmpeg: string | null;
  /** The development runtime is in use instead of the pinned one. */
  readonly isFallbackRuntime: boolean;
}

export interface RecentFile {
  readonly path: string;
  readonly name: string;
}

/** What each command answers, inside a Result. */
export interface CommandOutputs {
  'app:info': AppInfo;
  /** The first path chosen, null when the user changed their mind; all of them. */
  'app:open-dialog': { readonly path: string | null; readonly paths: readonly string[] };
  'app:open-sample': { readonly captureId: string };
  'app:recent-files': readonly RecentFile[];
  'app:clear-recent-files': null;
  'app:set-theme': null;
  'app:copy-text': null;
  /** Path written; null when the user changed their mind. */
  'app:save-text': { readonly path: string | null };
  'app:save-bytes': { readonly path: string | null };
  /** Answers as soon as the file is recognised; loading goes on and is told by `capture:progress`. */
  'capture:open': { readonly captureId: string };
  /** The capture that is shown now. */
  'capture:follow': { readonly captureId: string };
  'capture:cancel': null;
  'capture:close': null;
  'capture:current': CaptureSummary | null;
  'capture:wlan-networks': readonly WlanNetworkRow[];
  'capture:add-wlan-key': { readonly captureId: string };
  'capture:tls-summary': TlsSummary;
  /** Null when the user changed their mind. */
  'capture:add-key-log': { readonly captureId: string } | null;
  'capture:decode-as': DecodeAsState;
  /** The capture that is shown now. */
  'capture:set-decode-as': { readonly captureId: string };
  'table:definitions': readonly TableDefinition[];
  'table:page': TablePage;
  'timeline:get': MediaTimeline;
  'call:ladder': Ladder;
  'call:message': SipMessageDetail;
  'object:preview': ObjectPreview;
  'session:detail': SessionRow;
  'session:message': SessionMessageDetail;
  'stream:detail': StreamRow;
  'stream:series': RtpSeries;
  'packet:detail': PacketDetail;
  /** Null when the frame is not (yet) among them. */
  'packet:locate': PacketPosition | null;
  'conversation:follow': FollowPage;
  'media:player': PlayerModel;
  'media:video': VideoModel;
  'media:thumbnails': readonly Thumbnail[];
  'media:video-pieces': VideoMaking;
  'media:cancel-video': null;
  /** `jobId` is null when the user changed their mind in the dialog. */
  'export:start': { readonly jobId: string | null };
  /** As `export:start`. */
  'replay:start': { readonly jobId: string | null };
  'export:cancel': null;
  'export:dismiss': null;
  'export:show-in-folder': null;
}

export type CommandResult<Name extends CommandName> = Result<CommandOutputs[Name]>;

/** What the main process tells the renderer of its own accord. */
export interface EventPayloads {
  /** A capture was opened (by any way): the window shows it. */
  'capture:opened': CaptureSummary;
  'capture:closed': { readonly captureId: string };
  /** At most ten times a second while loading, and once at the end. */
  'capture:progress': CaptureProgress;
  /** Facts changed: counts, hash, state. */
  'capture:summary': CaptureSummary;
  /** Opening failed, or reading stopped. */
  'capture:failed': { readonly path: string; readonly captureId: string | null; readonly failure: FailureMessage };
  'tables:changed': { readonly captureId: string; readonly tables: readonly TableId[] };
  'job:changed': Job;
  'job:dismissed': { readonly jobId: string };
  'artifact:written': Artifact;
  /** At most ten times a second while `media:video` works. */
  'media:video-progress': VideoProgress;
  /** New pieces, or another state. */
  'media:video-making': VideoMaking & {
    readonly captureId: string;
    readonly sourceId: string;
    readonly mode: DamageMode;
  };
  /** A menu entry or an accelerator of the application menu was chosen: the id of a window command. */
  'app:command': { readonly commandId: string };
}

export interface FailureMessage {
  readonly code: string;
  readonly message: string;
  readonly where?: string;
  readonly hint?: string;
}

export type EventName = keyof EventPayloads;

/** What the preload script puts on `window.tapdeck`. */
export interface TapdeckBridge {
  invoke<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandResult<Name>>;
  /** Returns the function that unsubscribes. */
  on<Name extends EventName>(name: Name, listener: (payload: EventPayloads[Name]) => void): () => void;
  /** Path of a dropped file; empty when it has none. */
  pathForFile(file: { readonly name: string }): string;
}
