export { alertName } from './alert';
export { suiteName } from './cipher-suites';
export type { TlsContext } from './connection';
export { TlsFacts } from './facts';
export { TlsVersion, versionName } from './hello';
export { type ConnectionSecrets, type SecretOrigin, TlsKeyLog } from './key-log';
export { tlsProtocol } from './protocol';
export { SearchBudget } from './record-opener';
export { SessionCache } from './session-cache';
