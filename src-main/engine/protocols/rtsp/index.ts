export { challengesOf, credentialsOf, maskSecrets, withoutPassword } from './credentials';
export { numberOf, parseFields, parseHead, type RtspMessage, sessionIdOf } from './message';
export { probeStartLine } from './start-line';
export { type RtspStreamHandler, RtspStreamParser } from './stream-parser';
export { parseRtpInfo, parseTransport, type RtpInfo, type TransportSpec } from './transport';
