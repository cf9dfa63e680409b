import type { CipherSuite } from '../../crypto/cipher-suite';
import { suiteProtection, type SuiteProtection } from './cipher-suites';
import type { ClientHello } from './hello';
import { nextTrafficSecret, type RecordCipher, tls13Cipher } from './record-cipher';
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
