import type { Endpoint } from '../../net/endpoint';

/** Where a transport or program stream comes from. */
export interface MediaSource {
  /** Id of its session. */
  readonly id: string;
  /** `udp://239.1.1.1:1234`, `rtp://192.0.2.7:5004`, `tcp://192.0.2.7:9000`. */
  readonly url: string;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** What lies between the transport and the stream. */
  readonly layers: readonly string[];
  /** Row of the RTP stream that carries it; null without RTP. */
  readonly rtpStreamId: string | null;
}
