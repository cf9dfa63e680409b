import type { DiagnosticSink } from '#shared/model/diagnostic';
import type { StreamRow } from '#shared/model/stream';
import type { CipherSuite } from '../../crypto/cipher-suite';
import type { FlowTracker } from '../../flow/flow-tracker';
import type { MediaAnnouncement } from '../../protocols/rtp';
import type { CaptureBytes } from '../../store/capture-bytes';
import type { ContentDecoder } from '../http/content';
import type { RtpMediaIndex } from '../rtp/media-index';
import type { PacketSource } from '../rtp/packet-source';
import type { TlsSecrets } from '../tls/tls-secrets';
import type { FramedFlows } from './framed-flows';

/** What the trackers of sessions are given. */
export interface SessionHost {
  readonly sink: DiagnosticSink;
  readonly flows: FlowTracker;
  /** Bytes of the capture, and those kept beside it. */
  readonly bytes: CaptureBytes;
  /** RTP inside of something else goes there. */
  readonly framed: FramedFlows;
  /** Reads datagrams of a flow again. */
  readonly replay: PacketSource;
  /** Null without primitives to decrypt by. */
  readonly ciphers: CipherSuite | null;
  /** What TLS is decrypted with. */
  readonly tlsSecrets: TlsSecrets;
  /** Undoes content codings of HTTP; null when nothing can. */
  readonly decoder: ContentDecoder | null;
  /** RTP streams; those that a tracker announced have the id of its session. */
  rtpStreams(): readonly StreamRow[];
  /** Where the packets of an RTP stream lie; null when there is no such stream. */
  rtpIndex(streamId: string): RtpMediaIndex | null;
  /** Bytes of all payloads of an RTP stream. */
  rtpBytes(streamId: string): number;
  /** Tells the RTP engine where media is expected, and as what. */
  announce(media: MediaAnnouncement): void;
  /** Time of a frame, nanoseconds since the first one. */
  timeOf(frame: number): number;
}
