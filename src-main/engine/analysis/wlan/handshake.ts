import { equalBytes } from '../../crypto/cipher-suite';
import { groupKeysOf, type KeyFrame, parseElements } from '../../protocols/wlan/index';
import type { Nonce, WlanNetwork, WlanStation } from './network';
import { PairwiseKey } from './pairwise-keys';
import type { WlanKeyRing } from './wlan-keys';

/** Nonces of handshakes that overlap: more are forgotten from the oldest on. */
const mostNonces = 4;
/** Keys are kept for reading frames again; more handshakes have no one in earnest. */
const mostKeys = 4096;

/** Takes a message of a handshake: counts it, and looks whether a key can be had. */
export function takeKeyFrame(
  ring: WlanKeyRing,
  network: WlanNetwork,
  station: WlanStation,
  frame: KeyFrame,
  number: number,
  isRetry: boolean,
): void {
  const { message, nonce, replayCounter } = frame;
  switch (message) {
    case 1:
    case 3:
      remember(station.authenticatorNonces, { bytes: nonce, replayCounter });
      break;
    case 2: {
      const { rsn, wpa } = parseElements(frame.data, 0, frame.data.length);
      station.security = rsn ?? wpa ?? station.security;
      remember(station.supplicantNonces, { bytes: nonce, replayCounter });
      break;
    }
    case 4:
      // Most stations send zeros here, some their nonce once more.
      if (nonce.some((byte) => byte !== 0)) remember(station.supplicantNonces, { bytes: nonce, replayCounter });
      break;
    case 'group-1':
    case 'group-2':
      if (!isRetry) station.groupMessages[message === 'group-1' ? 0 : 1] += 1;
      if (message === 'group-1') takeGroupKeys(network, station, frame, number);
      return;
  }
  if (!isRetry) station.messages[message - 1] += 1;
  if (message === 1) return;
  if (!station.pairwise?.confirms(frame)) derive(ring, network, station, frame, number);
  if (message === 3) takeGroupKeys(network, station, frame, number);
}

function remember(nonces: Nonce[], nonce: Nonce): void {
  const known = nonces.findIndex(
    ({ bytes, replayCounter }) => replayCounter === nonce.replayCounter && equalBytes(bytes, nonce.bytes),
  );
  if (known >= 0) nonces.splice(known, 1);
  nonces.push(nonce);
  if (nonces.length > mostNonces) nonces.shift();
}

/** Tries all nonces and master keys that may belong to a message with a MIC, the latest first. */
function derive(ring: WlanKeyRing, network: WlanNetwork, station: WlanStation, frame: KeyFrame, number: number): void {
  const pairs = noncePairs(station, frame);
  if (pairs.length === 0) return;
  const masters = ring.masterKeys(network.ssid);
  const cipher = network.pairwiseCipher(station, frame.kind, frame.version);
  const parties = { authenticator: network.bssid, supplicant: station.address };
  for (const { authenticator, supplicant } of pairs) {
    for (const master of masters) {
      const key = PairwiseKey.derive(
        ring.suite,
        master,
        parties,
        [authenticator.bytes, supplicant.bytes],
        frame,
        cipher,
      );
      if (!key) continue;
      station.pairwise = key;
      station.outcome = 'found';
      station.handshakes += 1;
      addKey(station.temporal, { cipher, key: key.temporal, keyId: -1, fromFrame: number });
      return;
    }
  }
  if (station.outcome === 'found') return;
  if (masters.length === 0) station.outcome = 'no-key';
  // Nonces of another run would not fit either: only those that belong together show that the key is wrong.
  else if (pairs.some(({ isSure }) => isSure)) station.outcome = 'wrong-key';
}

interface NoncePair {
  readonly authenticator: Nonce;
  readonly supplicant: Nonce;
  /** Replay counters say that both are of one run. */
  readonly isSure: boolean;
}

function noncePairs({ authenticatorNonces, supplicantNonces }: WlanStation, frame: KeyFrame): NoncePair[] {
  const own: Nonce = { bytes: frame.nonce, replayCounter: frame.replayCounter };
  const pairs: NoncePair[] = [];
  if (frame.message === 2) {
    // The station repeats the replay counter of what it answers (clause 12.7.2).
    for (const authenticator of authenticatorNonces) {
      pairs.push({ authenticator, supplicant: own, isSure: authenticator.replayCounter === own.replayCounter });
    }
  } else {
    const authenticators = frame.message === 3 ? [own] : authenticatorNonces;
    for (const authenticator of authenticators) {
      for (const supplicant of supplicantNonces) {
        const isSure = frame.message === 3 && own.replayCounter === supplicant.replayCounter + 1;
        pairs.push({ authenticator, supplicant, isSure });
      }
    }
  }
  return pairs.reverse().sort((a, b) => Number(b.isSure) - Number(a.isSure));
}

/** Group keys in a message that the pairwise key confirms. */
function takeGroupKeys(network: WlanNetwork, station: WlanStation, frame: KeyFrame, number: number): void {
  const { pairwise } = station;
  if (!pairwise?.confirms(frame)) return;
  if (frame.kind === 'wpa') {
    // WPA has the bare key, and says its index in the header.
    const key = frame.message === 'group-1' ? pairwise.openKeyData(frame) : null;
    if (key && (key.length === 32 || key.length === 16)) addGroupKey(network, station, key, frame.keyId, number);
    return;
  }
  const data = frame.isDataEncrypted ? pairwise.openKeyData(frame) : frame.data;
  for (const { key, keyId } of data ? groupKeysOf(data) : []) addGroupKey(network, station, key, keyId, number);
}

function addGroupKey(
  network: WlanNetwork,
  station: WlanStation,
  key: Uint8Array,
  keyId: number,
  fromFrame: number,
): void {
  const cipher = network.groupCipher(station, key.length);
  const lengths: Partial<Record<typeof cipher, number>> = {
    ccmp: 16,
    gcmp: 16,
    tkip: 32,
    'ccmp-256': 32,
    'gcmp-256': 32,
  };
  if (lengths[cipher] === key.length) addKey(network.groupKeys, { cipher, key, keyId, fromFrame });
}

function addKey(keys: WlanNetwork['groupKeys'], key: WlanNetwork['groupKeys'][number]): void {
  if (keys.some((known) => known.keyId === key.keyId && equalBytes(known.key, key.key))) return;
  if (keys.length < mostKeys) keys.push(key);
}
