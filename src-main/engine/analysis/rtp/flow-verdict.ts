import type { MediaAnnouncement } from '../../protocols/rtp';
import { announcementInForce } from './announcements';
import type { RtpFlow } from './rtp-flow';

/** What a flow carries, and why that is believed. */
export interface FlowVerdict {
  /** `RTP`, `SRTP`, `RTCP`. */
  readonly protocol: string;
  readonly reason: string;
}

/** `rtcp` announced the RTCP that arrives at the flow's destination; null when nothing did. */
export function flowVerdict(flow: RtpFlow, rtcp: MediaAnnouncement | null): FlowVerdict | null {
  const [stream] = flow.streams;
  if (stream) {
    const { announcement } = stream;
    if (announcement) {
      return { protocol: announcement.isSecure ? 'SRTP' : 'RTP', reason: reasonOf(announcement) };
    }
    const ssrc = `0x${stream.ssrc.toString(16).padStart(8, '0')}`;
    return { protocol: 'RTP', reason: `${stream.statistics.packets} packets in sequence, SSRC ${ssrc}` };
  }
  if (!flow.rtcp) return null;
  const announced = rtcp ?? announcementInForce(flow.received, flow.rtcp.firstFrame);
  const protocol = announced?.isSecure ? 'SRTCP' : 'RTCP';
  if (announced) return { protocol, reason: reasonOf(announced) };
  const { packets } = flow.rtcp;
  return { protocol, reason: `${packets} well-formed report${packets === 1 ? '' : 's'}` };
}

function reasonOf({ frame, sessionId }: MediaAnnouncement): string {
  return sessionId === undefined ? `SDP of frame ${frame}` : `RTSP SETUP of frame ${frame}`;
}
