/** The part of sdp-transform 3.0 that is used; every field may be missing, and may be of another type than usual. */
declare module 'sdp-transform' {
  export interface ParsedConnection {
    readonly version?: unknown;
    readonly ip?: unknown;
  }

  export interface ParsedMedia {
    readonly type?: unknown;
    readonly port?: unknown;
    readonly protocol?: unknown;
    readonly payloads?: unknown;
    readonly connection?: ParsedConnection;
    readonly direction?: unknown;
    readonly ptime?: unknown;
    readonly control?: unknown;
    readonly rtcp?: { readonly port?: unknown; readonly address?: unknown };
    readonly rtcpMux?: unknown;
    readonly rtp: readonly {
      readonly payload?: unknown;
      readonly codec?: unknown;
      readonly rate?: unknown;
      readonly encoding?: unknown;
    }[];
    readonly fmtp: readonly { readonly payload?: unknown; readonly config?: unknown }[];
    readonly ssrcs?: readonly { readonly id?: unknown; readonly attribute?: unknown; readonly value?: unknown }[];
  }

  export interface ParsedSession {
    readonly connection?: ParsedConnection;
    readonly direction?: unknown;
    readonly media: readonly ParsedMedia[];
  }

  export function parse(sdp: string): ParsedSession;
}
