export { hasRtcpPacketType, RtcpKind, type RtcpVisitor, recognizeRtcp, visitRtcp } from './rtcp';
