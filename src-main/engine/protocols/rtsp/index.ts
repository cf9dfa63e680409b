export { challengesOf, credentialsOf, maskSecrets, withoutPassword } from './credentials';
export { type RtspMessage, sessionIdOf } from './message';
export { probeStartLine } from './start-line';
export { RtspStreamParser } from './stream-parser';
export { parseRtpInfo, parseTransport, type TransportSpec } from './transport';
