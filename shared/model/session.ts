export const sessionKinds = ['rtmp', 'hls', 'dash', 'rtsp', 'camera', 'mpegts', 'http-stream', 'tls'] as const;

/**
 * `http-stream`: one endless or progressive download of media (MP4, WebM, MP3, Icecast, HTTP-FLV, WebSocket-FLV).
 * `camera`: a series of pictures over HTTP.
 */
export type SessionKind = (typeof sessionKinds)[number];

/** As a person knows them. */
export const sessionKindNames: Readonly<Record<SessionKind, string>> = {
  rtmp: 'RTMP',
  hls: 'HLS',
  dash: 'DASH',
  rtsp: 'RTSP',
  camera: 'Camera',
  mpegts: 'MPEG-TS',
  'http-stream': 'HTTP stream',
  tls: 'TLS',
};

/** A media session that is not a call. Times are seconds since the first frame; unknown is null. */
export interface SessionRow {
  readonly id: string;
  readonly kind: SessionKind;
  /** What was asked for: `rtmp://host/app/name`, the master playlist, `udp://239.1.1.1:1234`. */
  readonly url: string | null;
  /** A few words of the kind's own: `playing`, `publishing`, `complete`, `2 segments missing`. */
  readonly state: string;
  /** `10.0.0.1:1935`; several with commas. */
  readonly client: string;
  readonly server: string;
  /** User agent, flashVer, encoder: whatever names the program; null when nothing does. */
  readonly agent: string | null;
  readonly startSeconds: number;
  readonly durationSeconds: number;
  /** Bytes of media, without what carries them. */
  readonly bytes: number;
  /** Media bytes that are known to be missing. */
  readonly missingBytes: number;
  /** `['TLS']`; what lies between transport and session. */
  readonly layers: readonly string[];
  /** Streams table rows that belong to it. */
  readonly streamIds: readonly string[];
  readonly firstFrame: number;
  /** Facts of the kind's own, in the order in which they are shown; names as in the protocol. */
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
  /** Whether `ladder` and `messages` have something to show. */
  readonly hasMessages: boolean;
  /** It can be played and exported as video or audio. */
  readonly media: 'video' | 'audio' | null;
}

/** One message, command or request of a session: a row of `session-messages`. */
export interface SessionMessageRow {
  readonly id: string;
  readonly frame: number;
  readonly timeSeconds: number;
  readonly source: string;
  readonly destination: string;
  /** `connect`, `SETUP`, `Video`, `200 OK`. */
  readonly label: string;
  /** One line: the URL, `H.264 key 1280x720 at 3.2 s`. */
  readonly summary: string;
  readonly bytes: number;
}

/** A whole message, for the inspector. */
export interface SessionMessageDetail {
  readonly id: string;
  readonly frame: number;
  readonly timeSeconds: number;
  readonly source: string;
  readonly destination: string;
  readonly title: string;
  /** Nested fields as the protocol names them. */
  readonly fields: readonly MessageField[];
  /** Text as sent; null for binary messages. */
  readonly text: string | null;
  /** At most 64 KiB of it as sent. */
  readonly raw: Uint8Array;
}

export interface MessageField {
  readonly name: string;
  readonly value: string;
  readonly children: readonly MessageField[];
}

/** An HTTP body or another file that was transferred: a row of `objects`. */
export interface ObjectRow {
  readonly id: string;
  readonly url: string;
  readonly host: string;
  /** File name that it would be saved under. */
  readonly name: string;
  /** As the server said it; null when it did not. */
  readonly contentType: string | null;
  /** As its first bytes say: `image/jpeg`; null when they say nothing. */
  readonly detectedType: string | null;
  readonly status: number | null;
  /** Bytes after transfer and content decoding, holes included. */
  readonly bytes: number;
  readonly missingBytes: number;
  readonly complete: boolean;
  readonly sha256: string | null;
  readonly frame: number;
  readonly startSeconds: number;
  readonly durationSeconds: number;
  readonly client: string;
  readonly server: string;
  readonly sessionId: string | null;
}

/** The beginning of an object, for a look at it. */
export interface ObjectPreview {
  readonly objectId: string;
  /** By its first bytes. */
  readonly mime: string;
  /** At most 4 MiB; holes are zeros. */
  readonly bytes: Uint8Array;
  readonly totalBytes: number;
  /** Why it is not shown as what it is; null when it can be. */
  readonly note: string | null;
}
