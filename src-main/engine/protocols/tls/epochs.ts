import type { CipherSuite } from '../../crypto/cipher-suite';
import { suiteProtection, type SuiteProtection } from './cipher-suites';
import type { ClientHello, ServerHello } from './hello';
import { nextTrafficSecret, type RecordCipher, sessionCiphers, tls13Cipher } from './record-cipher';
import type { Epoch } from './record-opener';

const secretLengths = { sha256: 32, sha384: 48 } as const;

/**
 * Records of TLS 1.3 under a traffic secret, by whichever of these suites it is of: those whose hash is as long as the
 * secret. Without a secret it is an epoch whose records stay closed.
 */
export function trafficEpoch(
  suite: CipherSuite,
  stage: Epoch['stage'],
  secret: Uint8Array | null,
  protections: readonly SuiteProtection[],
): Epoch {
  if (secret === null) return { stage, ciphers: [] };
  const fitting = protections.filter(({ hash }) => secretLengths[hash] === secret.length);
  const byCipher = new Map<RecordCipher, SuiteProtection>(
    fitting.map((protection) => [tls13Cipher(suite, protection, secret), protection]),
  );
  return {
    stage,
    ciphers: [...byCipher.keys()],
    next: (cipher) => {
      const protection = byCipher.get(cipher);
      if (stage !== 'application' || !protection) return null;
      return trafficEpoch(suite, stage, nextTrafficSecret(suite, protection.hash, secret), [protection]);
    },
  };
}

/** How records of TLS 1.3 may be protected, by what the client offers. */
export function offeredProtections({ cipherSuites }: ClientHello): SuiteProtection[] {
  const found: SuiteProtection[] = [];
  for (const code of cipherSuites) {
    const protection = suiteProtection(code);
    if (
      protection?.isTls13 &&
      !found.some(
        ({ kind, keyLength, tagLength }) =>
          kind === protection.kind && keyLength === protection.keyLength && tagLength === protection.tagLength,
      )
    )
      found.push(protection);
  }
  return found;
}

/** Records of TLS 1.2 and before under a master secret, of the client and of the server. */
export function sessionEpochs(
  suite: CipherSuite,
  master: Uint8Array,
  clientHello: ClientHello,
  serverHello: ServerHello,
  protection: SuiteProtection,
): readonly [client: Epoch, server: Epoch] {
  const [client, server] = sessionCiphers(suite, {
    version: serverHello.version,
    protection,
    master,
    clientRandom: clientHello.random,
    serverRandom: serverHello.random,
    // Suites other than those of CBC have nothing to authenticate apart (RFC 7366, section 3).
    encryptThenMac: serverHello.encryptThenMac && protection.kind === 'cbc',
    hasTruncatedMac: serverHello.truncatedHmac,
  });
  return [
    { stage: 'session', ciphers: [client] },
    { stage: 'session', ciphers: [server] },
  ];
}
