import type { SessionRow } from '#shared/model/session';
import type { TlsState, TlsSummary } from '#shared/model/tls';
import { type Endpoint, formatEndpoint } from '../../net/endpoint';
import { alertName, suiteName, type TlsFacts, TlsVersion, versionName } from '../../protocols/tls/index';

/** Whether a connection is open, and if not, why. */
export function tlsState(facts: TlsFacts): TlsState {
  const { openedRecords, protectedRecords, failedRecords } = facts;
  if (openedRecords > 0) {
    return openedRecords === protectedRecords && facts.missingBytes === 0 ? 'decrypted' : 'partly decrypted';
  }
  if (!facts.hasClientHello && !facts.hasServerHello) return 'no handshake';
  if (protectedRecords === 0) return 'not established';
  if (facts.isSupported === false) return 'unsupported';
  if (failedRecords > 0) return 'not authentic';
  if (facts.origin === null && facts.hasClientHello) return 'no key';
  return facts.hasClientHello && facts.hasServerHello ? 'no key' : 'no handshake';
}

/** One sentence that says what a state means for many connections. */
export const stateExplanations: Readonly<Record<TlsState, string>> = {
  decrypted: 'All records were decrypted.',
  'partly decrypted': 'Some records did not authenticate, are missing, or have no key.',
  'no key': 'No key log has a secret for their client random.',
  'no handshake': 'Their hellos are not in the capture: nobody can tell which secrets are theirs.',
  unsupported: 'Their version, cipher suite or compression is none that Tapdeck decrypts.',
  'not authentic': 'There are secrets for them, but no record authenticates.',
  'not established': 'They ended before anything was protected.',
};

/** States in which nothing more can be opened. */
const settled: ReadonlySet<TlsState> = new Set(['decrypted', 'not established']);

/** One sentence about one connection; null when all of it is open. */
function explanation(facts: TlsFacts, state: TlsState): string | null {
  const { cipherSuite, failedRecords, openedRecords, protectedRecords, version } = facts;
  switch (state) {
    case 'decrypted':
      return null;
    case 'partly decrypted':
      return failedRecords > 0
        ? `${failedRecords} records failed authentication.`
        : openedRecords < protectedRecords
          ? `There is no key for ${protectedRecords - openedRecords} of ${protectedRecords} records.`
          : 'Records are missing.';
    case 'no key':
      return 'No key log has a secret for this client random.';
    case 'no handshake':
      return 'The handshake was not captured.';
    case 'unsupported':
      if (version !== null && version < TlsVersion.tls10) return `${versionName(version)} is not decrypted.`;
      return `${suiteName(cipherSuite ?? 0)}${facts.hasCompression ? ' with this compression' : ''} is not decrypted.`;
    case 'not authentic':
      return `${failedRecords} records failed authentication: the secrets are of another connection.`;
    case 'not established':
      return facts.alert === null ? 'It ended before anything was protected.' : 'The handshake failed.';
  }
}

const origins = { 'key-log': 'key log', capture: 'Decryption Secrets Block of the capture' } as const;

/** A connection as a session. `endpoint` is that of its first direction's sender, `other` of its receiver. */
export function tlsSessionRow(id: string, facts: TlsFacts, endpoint: Endpoint, other: Endpoint): SessionRow {
  const [client, server] = facts.client === 1 ? [other, endpoint] : [endpoint, other];
  const state = tlsState(facts);
  const { certificate, clientCertificate } = facts;
  return {
    id,
    kind: 'tls',
    url: `tls://${formatEndpoint({ address: facts.serverName ?? server.address, port: server.port })}`,
    state,
    client: formatEndpoint(client),
    server: formatEndpoint(server),
    agent: null,
    startSeconds: facts.startNs / 1e9,
    durationSeconds: Math.max(0, facts.lastNs - facts.startNs) / 1e9,
    bytes: facts.openedRecords > 0 ? facts.contentBytes : facts.applicationBytes,
    missingBytes: facts.missingBytes,
    layers: facts.layers,
    streamIds: [],
    firstFrame: facts.firstFrame,
    details: {
      'Server name': facts.serverName,
      ...(facts.hasEncryptedHello ? { 'Encrypted Client Hello': true } : {}),
      Version: facts.version === null ? null : versionName(facts.version),
      'Cipher suite': facts.cipherSuite === null ? null : suiteName(facts.cipherSuite),
      ALPN: facts.alpn ?? (facts.offeredAlpn.length > 0 ? `offered: ${facts.offeredAlpn.join(', ')}` : null),
      Certificate: certificate?.subject ?? (facts.hasCompressedCertificate ? 'compressed, not read' : null),
      'Alternative names': certificate ? certificate.alternatives.join(', ') : null,
      Issuer: certificate?.issuer ?? null,
      ...(clientCertificate ? { 'Client certificate': clientCertificate.subject } : {}),
      Resumed: facts.isResumed,
      ...(facts.hasCompression ? { Compressed: true } : {}),
      ...(facts.hasRetry ? { HelloRetryRequest: true } : {}),
      ...(facts.hasEarlyData ? { 'Early data': true } : {}),
      ...(facts.keyUpdates > 0 ? { 'Key updates': facts.keyUpdates } : {}),
      ...(facts.alert === null ? {} : { Alert: alertName(facts.alert) }),
      Decrypted: facts.openedRecords > 0,
      ...(facts.origin === null ? {} : { 'Secrets from': origins[facts.origin] }),
      'Why not': explanation(facts, state),
      Records: facts.protectedRecords,
      'Records decrypted': facts.openedRecords,
      'Records failed': facts.failedRecords,
    },
    hasMessages: facts.messages.length > 0,
    media: null,
  };
}

/** What is open and what is not, over all connections. */
export function tlsSummary(
  all: Iterable<TlsFacts>,
  { keyLogCount, captureCount }: { readonly keyLogCount: number; readonly captureCount: number },
): TlsSummary {
  const counts = new Map<TlsState, number>();
  for (const facts of all) {
    const state = tlsState(facts);
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return {
    keyLogSecrets: keyLogCount,
    captureSecrets: captureCount,
    connections: [...counts.values()].reduce((sum, count) => sum + count, 0),
    decrypted: counts.get('decrypted') ?? 0,
    closed: [...counts]
      .filter(([state]) => !settled.has(state))
      .map(([state, count]) => ({ state, count, explanation: stateExplanations[state] })),
  };
}
