import { fail, ok, type Result } from '#shared/base/result';
import { utf8Bytes } from '../../bytes/text';
import type { CipherSuite } from '../../crypto/cipher-suite';

/** A key as it was given. Never shown, logged or written anywhere. */
export type WlanKey =
  | { readonly kind: 'passphrase'; readonly ssid: Uint8Array | null; readonly passphrase: Uint8Array }
  | { readonly kind: 'pmk'; readonly ssid: Uint8Array | null; readonly pmk: Uint8Array }
  | { readonly kind: 'temporal'; readonly key: Uint8Array };

/** Keys that are tried: each costs time at each handshake. */
const mostKeys = 64;
/** A passphrase takes 8192 hashes; hidden or many networks could ask for that without end. */
const mostDerivations = 512;

const hexPattern = /^([0-9a-f]{2})+$/i;

/**
 * Understands `SSID:PASSPHRASE` (8 to 63 characters), `SSID:` and 64 hexadecimal digits (a PSK), `:PASSPHRASE` (for
 * any network), 64 or 96 digits alone (a PMK, as of WPA3-SAE), 32 digits alone (a temporal key). The first colon counts.
 * The answer of a failure does not repeat the key.
 */
export function parseWlanKey(text: string): Result<WlanKey> {
  const colon = text.indexOf(':');
  if (colon < 0) {
    if (hexPattern.test(text)) {
      if (text.length === 32) return ok({ kind: 'temporal', key: hexBytes(text) });
      if (text.length === 64 || text.length === 96) return ok({ kind: 'pmk', ssid: null, pmk: hexBytes(text) });
    }
    return fail('bad-wlan-key', 'A key for 802.11 has neither a colon nor 32, 64 or 96 hexadecimal digits.', {
      hint: 'Write SSID:PASSPHRASE.',
    });
  }
  const name = utf8Bytes(text.slice(0, colon));
  const secret = text.slice(colon + 1);
  if (name.length > 32) return fail('bad-wlan-key', 'The name of an 802.11 network has at most 32 bytes.');
  const ssid = name.length === 0 ? null : name;
  if (secret.length === 64 && hexPattern.test(secret)) return ok({ kind: 'pmk', ssid, pmk: hexBytes(secret) });
  const passphrase = utf8Bytes(secret);
  if (passphrase.length < 8 || passphrase.length > 63) {
    return fail('bad-wlan-key', 'A passphrase has 8 to 63 characters, a pre-shared key 64 hexadecimal digits.');
  }
  return ok({ kind: 'passphrase', ssid, passphrase });
}

function hexBytes(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/** The keys of an analysis, and what was derived from them. */
export class WlanKeyRing {
  readonly temporalKeys: readonly Uint8Array[];
  private readonly keys: readonly WlanKey[];
  private readonly derived = new Map<string, Uint8Array>();

  constructor(
    readonly suite: CipherSuite,
    keys: readonly WlanKey[],
  ) {
    this.keys = keys.slice(0, mostKeys);
    this.temporalKeys = this.keys.flatMap((key) => (key.kind === 'temporal' ? [key.key] : []));
  }

  get isNotEmpty(): boolean {
    return this.keys.length > 0;
  }

  /** Whether any key may be that of a network. */
  hasKeyFor(ssid: Uint8Array | null): boolean {
    return this.keys.some((key) => key.kind === 'temporal' || isFor(key.ssid, ssid));
  }

  /** Pairwise master keys that may be those of a network; of one that hides its name, those of all names. */
  masterKeys(ssid: Uint8Array | null): Uint8Array[] {
    const masters: Uint8Array[] = [];
    for (const [i, key] of this.keys.entries()) {
      if (key.kind === 'temporal' || !isFor(key.ssid, ssid)) continue;
      if (key.kind === 'pmk') masters.push(key.pmk);
      else {
        const master = this.derive(i, key.passphrase, key.ssid ?? ssid);
        if (master) masters.push(master);
      }
    }
    return masters;
  }

  private derive(index: number, passphrase: Uint8Array, ssid: Uint8Array | null): Uint8Array | null {
    if (ssid === null) return null;
    const id = `${index} ${ssid.join()}`;
    const known = this.derived.get(id);
    if (known || this.derived.size >= mostDerivations) return known ?? null;
    const master = this.suite.pbkdf2Sha1(passphrase, ssid, 4096, 32);
    this.derived.set(id, master);
    return master;
  }
}

function isFor(named: Uint8Array | null, ssid: Uint8Array | null): boolean {
  return named === null || ssid === null || named.join() === ssid.join();
}
