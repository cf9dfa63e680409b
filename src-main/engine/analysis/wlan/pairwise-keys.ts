import { aesCmac, aesKeyUnwrap, kdf, prfSha1 } from '../../crypto/key-derivation';
import { type CipherSuite, concatBytes, equalBytes, type HashName } from '../../crypto/cipher-suite';
import { rc4 } from '../../crypto/rc4';
import type { KeyFrame, WlanCipher } from '../../protocols/wlan/index';

/** How key management derives, checks and wraps (IEEE 802.11-2020, table 12-10). */
interface KeyMethod {
  /** Null: the PRF with HMAC-SHA1. */
  readonly kdfHash: HashName | null;
  readonly confirmationLength: number;
  readonly encryptionLength: number;
  readonly isRc4: boolean;
  readonly mic: (suite: CipherSuite, key: Uint8Array, data: Uint8Array) => Uint8Array;
}

const withHmac =
  (hash: HashName, length: number): KeyMethod['mic'] =>
  (suite, key, data) =>
    suite.hmac(hash, key, data).subarray(0, length);

const classic = { kdfHash: null, confirmationLength: 16, encryptionLength: 16 } as const;
const rc4Method: KeyMethod = { ...classic, isRc4: true, mic: withHmac('md5', 16) };
const aesMethod: KeyMethod = { ...classic, isRc4: false, mic: withHmac('sha1', 16) };
const cmacMethod: KeyMethod = { ...classic, kdfHash: 'sha256', isRc4: false, mic: aesCmac };
const sha256Method: KeyMethod = { ...classic, kdfHash: 'sha256', isRc4: false, mic: withHmac('sha256', 16) };
const sha384Method: KeyMethod = {
  kdfHash: 'sha384',
  confirmationLength: 24,
  encryptionLength: 32,
  isRc4: false,
  mic: withHmac('sha384', 24),
};

/** Version 0 leaves it to the key management; which of the two short ones it is, the MIC shows. */
function methodsOf({ version, mic }: KeyFrame): readonly KeyMethod[] {
  switch (version) {
    case 1:
      return [rc4Method];
    case 2:
      return [aesMethod];
    case 3:
      return [cmacMethod];
    case 0:
      return mic.length === 24 ? [sha384Method] : [cmacMethod, sha256Method];
    default:
      return [];
  }
}

const temporalLengths: Record<WlanCipher, number> = {
  wep: 13,
  tkip: 32,
  ccmp: 16,
  'ccmp-256': 32,
  gcmp: 16,
  'gcmp-256': 32,
};

export interface HandshakeParties {
  readonly authenticator: Uint8Array;
  readonly supplicant: Uint8Array;
}

/** The pairwise transient key of one run of the handshake. */
export class PairwiseKey {
  private constructor(
    private readonly suite: CipherSuite,
    private readonly method: KeyMethod,
    private readonly confirmation: Uint8Array,
    private readonly encryption: Uint8Array,
    readonly temporal: Uint8Array,
  ) {}

  /**
   * Derives the key (IEEE 802.11-2020, clause 12.7.1.3) and checks it by `frame`, a message of the same run that has
   * a MIC; null when the MIC is not that of this master key and these nonces.
   */
  static derive(
    suite: CipherSuite,
    master: Uint8Array,
    { authenticator, supplicant }: HandshakeParties,
    [authenticatorNonce, supplicantNonce]: readonly [Uint8Array, Uint8Array],
    frame: KeyFrame,
    cipher: WlanCipher,
  ): PairwiseKey | null {
    const context = concatBytes(...inOrder(authenticator, supplicant), ...inOrder(authenticatorNonce, supplicantNonce));
    const label = 'Pairwise key expansion';
    for (const method of methodsOf(frame)) {
      const { confirmationLength, encryptionLength, kdfHash } = method;
      const keysLength = confirmationLength + encryptionLength;
      const length = keysLength + temporalLengths[cipher];
      const whole =
        kdfHash === null
          ? prfSha1(suite, master, label, context, length)
          : kdf(suite, kdfHash, master, label, context, length);
      const key = new PairwiseKey(
        suite,
        method,
        whole.slice(0, confirmationLength),
        whole.slice(confirmationLength, keysLength),
        whole.slice(keysLength),
      );
      if (key.confirms(frame)) return key;
    }
    return null;
  }

  /** The MIC of `frame` is by this key. */
  confirms({ authenticated, mic }: KeyFrame): boolean {
    return equalBytes(this.method.mic(this.suite, this.confirmation, authenticated), mic);
  }

  /** Opens the key data of `frame`; null when its integrity check fails. */
  openKeyData({ data, iv }: KeyFrame): Uint8Array | null {
    if (data.length === 0) return data;
    return this.method.isRc4
      ? rc4(concatBytes(iv, this.encryption), data, 256)
      : aesKeyUnwrap(this.suite, this.encryption, data);
  }
}

function inOrder(a: Uint8Array, b: Uint8Array): [Uint8Array, Uint8Array] {
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return a[i] < b[i] ? [a, b] : [b, a];
  return [a, b];
}
