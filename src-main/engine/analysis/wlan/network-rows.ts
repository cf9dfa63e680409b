import type { DiagnosticSink, Severity } from '#shared/model/diagnostic';
import type { WlanNetworkRow, WlanState, WlanStationRow } from '#shared/model/wlan';
import { formatMac } from '../../bytes/addresses';
import { utf8Text } from '../../bytes/text';
import type { SecurityElement } from '../../protocols/wlan/index';
import type { WlanNetwork, WlanStation } from './network';
import type { WlanKeyRing } from './wlan-keys';

/** Key management by fast transition, whose keys come from those of another access point (table 9-151). */
const fastTransition: ReadonlySet<number> = new Set([3, 4, 9, 13, 16, 17, 19, 25]);

const keyManagementNames: ReadonlyMap<number, string> = new Map([
  [1, 'Enterprise'],
  [2, 'PSK'],
  [3, 'FT-Enterprise'],
  [4, 'FT-PSK'],
  [5, 'Enterprise'],
  [6, 'PSK'],
  [8, 'SAE'],
  [9, 'FT-SAE'],
  [11, 'Enterprise'],
  [12, 'Enterprise'],
  [18, 'OWE'],
  [24, 'SAE'],
]);

/** A network as tables and documents show it. */
export function networkRow(network: WlanNetwork, ring: WlanKeyRing): WlanNetworkRow {
  const hasKey = ring.hasKeyFor(network.ssid);
  const stations = [...network.stations.values()].map((station) => stationRow(station, hasKey));
  const sum = (of: (row: WlanStationRow) => number): number => stations.reduce((total, row) => total + of(row), 0);
  const protectedFrames = network.groupFrames + sum((row) => row.protectedFrames);
  const decryptedFrames = network.decryptedGroupFrames + sum((row) => row.decryptedFrames);
  return {
    bssid: network.bssidText,
    ssid: network.ssid === null ? null : utf8Text(network.ssid),
    security: securityName(network),
    ...networkState(network, stations, protectedFrames, decryptedFrames, hasKey),
    firstFrame: network.firstFrame,
    protectedFrames,
    decryptedFrames,
    stations,
  };
}

interface Standing {
  readonly state: WlanState;
  readonly explanation: string;
}

/** What speaks for the network when it is not all the same: the first of these that a station has. */
const tellingStates: readonly WlanState[] = ['wrong-key', 'no-handshake', 'no-key', 'unsupported'];

function networkState(
  network: WlanNetwork,
  stations: readonly WlanStationRow[],
  protectedFrames: number,
  decryptedFrames: number,
  hasKey: boolean,
): Standing {
  const telling = tellingStates.map((state) => stations.find((row) => row.state === state)).find((row) => row);
  if (decryptedFrames > 0) {
    const isAll = decryptedFrames === protectedFrames;
    const explanation = `${decryptedFrames} of ${protectedFrames} encrypted data frames are decrypted.`;
    return {
      state: isAll ? 'decrypted' : 'partly-decrypted',
      explanation: telling ? `${explanation} Station ${telling.address}: ${telling.explanation}` : explanation,
    };
  }
  if (telling) return { state: telling.state, explanation: `Station ${telling.address}: ${telling.explanation}` };
  if (protectedFrames > 0) {
    // Only frames to groups: their key comes with a station's handshake.
    return hasKey
      ? { state: 'no-handshake', explanation: 'No handshake that brings the group key was captured.' }
      : { state: 'no-key', explanation: 'No key was given.' };
  }
  const explanation = network.hasPrivacy === true ? 'No encrypted data frames were captured.' : 'Nothing is encrypted.';
  return { state: 'open', explanation };
}

function stationRow(station: WlanStation, hasKey: boolean): WlanStationRow {
  const { address, decryptedFrames, groupMessages, handshakes, messages, protectedFrames } = station;
  return {
    address: formatMac(address, 0),
    ...stationState(station, hasKey),
    handshakeMessages: [...messages],
    groupMessages: [...groupMessages],
    keys: handshakes,
    protectedFrames,
    decryptedFrames,
  };
}

function stationState(station: WlanStation, hasKey: boolean): Standing {
  const { cutFrames, decryptedFrames, outcome, protectedFrames, wepFrames } = station;
  if (decryptedFrames > 0) {
    const left = protectedFrames - decryptedFrames;
    if (left === 0) return { state: 'decrypted', explanation: 'All encrypted data frames are decrypted.' };
    const cut = cutFrames > 0 ? ` ${cutFrames} of them were cut short by the capture.` : '';
    return {
      state: 'partly-decrypted',
      explanation: `${left} frames are from before the handshake, or by a key that is not known.${cut}`,
    };
  }
  if (outcome === 'wrong-key') {
    return {
      state: 'wrong-key',
      explanation: 'The key given is wrong: the message integrity code of the handshake does not match.',
    };
  }
  if (protectedFrames === 0) {
    const found = outcome === 'found' ? ' The key fits the handshake.' : '';
    return { state: 'open', explanation: `No encrypted data frames were captured.${found}` };
  }
  if (wepFrames === protectedFrames) return { state: 'unsupported', explanation: 'WEP is not decrypted.' };
  if (cutFrames === protectedFrames) {
    return { state: 'unsupported', explanation: 'The capture cut all encrypted frames short (snap length).' };
  }
  if (station.security?.keyManagement.some((suite) => fastTransition.has(suite)) === true) {
    return { state: 'unsupported', explanation: 'Keys of fast transition between access points are not derived.' };
  }
  const handshake = describeHandshake(station);
  if (!hasKey) return { state: 'no-key', explanation: `No key was given. ${handshake}` };
  if (outcome === 'found') {
    return { state: 'no-handshake', explanation: 'The key fits the handshake, the frames are by that of another one.' };
  }
  return { state: 'no-handshake', explanation: handshake };
}

/** Names the messages of the four-way handshake that are missing. */
function describeHandshake({ messages }: WlanStation): string {
  const missing = [1, 2, 3, 4].filter((message) => messages[message - 1] === 0);
  if (missing.length === 4) return 'No message of the four-way handshake was captured: let the station connect anew.';
  if (missing.length === 0) return 'All four messages of the handshake were captured.';
  const isEnough = messages[1] > 0 && messages[0] + messages[2] > 0;
  const list = missing.length === 1 ? `Message ${missing[0]}` : `Messages ${missing.join(', ')}`;
  const verb = missing.length === 1 ? 'is' : 'are';
  return `${list} of the four-way handshake ${verb} missing${isEnough ? '; those that are there are enough' : ''}.`;
}

function securityName(network: WlanNetwork): string | null {
  const ofStation = [...network.stations.values()].map(({ security }) => security).find((security) => security);
  const element = network.rsn ?? network.wpa ?? ofStation;
  if (element) {
    const both = network.rsn && network.wpa ? `${elementName(network.wpa)}, ` : '';
    return both + elementName(element);
  }
  if (network.hasPrivacy === null) return null;
  return network.hasPrivacy ? 'WEP' : 'open';
}

/** `WPA2-PSK (CCMP)`; SAE is what WPA3 is called for. */
function elementName({ keyManagement, kind, pairwiseCiphers }: SecurityElement): string {
  const names = [...new Set(keyManagement.map((suite) => keyManagementNames.get(suite) ?? `AKM ${suite}`))];
  const generation = (name: string): string => {
    if (kind === 'wpa') return 'WPA';
    return name === 'SAE' || name === 'FT-SAE' || name === 'OWE' ? 'WPA3' : 'WPA2';
  };
  const ciphers = pairwiseCiphers.map((cipher) => cipher.toUpperCase()).join(', ');
  const management = names.map((name) => `${generation(name)}-${name}`).join(', ');
  return `${management || (kind === 'wpa' ? 'WPA' : 'WPA2')} (${ciphers})`;
}

const reports: Partial<Record<WlanState, readonly [severity: Severity, code: string]>> = {
  'partly-decrypted': ['note', 'wlan-partly-decrypted'],
  'no-key': ['note', 'wlan-encrypted'],
  'wrong-key': ['warning', 'wlan-wrong-key'],
  'no-handshake': ['warning', 'wlan-handshake-incomplete'],
  unsupported: ['note', 'wlan-encryption-unsupported'],
};

/** Says of each network what could not be decrypted, and why. */
export function reportNetworks(networks: Iterable<WlanNetwork>, ring: WlanKeyRing, sink: DiagnosticSink): void {
  for (const network of networks) {
    const { explanation, state, stations, protectedFrames } = networkRow(network, ring);
    // A wrong key beside a right one is a station's matter, and yet worth a warning.
    const own = stations.some((station) => station.state === 'wrong-key') ? 'wrong-key' : state;
    const report = reports[own];
    if (!report) continue;
    const frames = protectedFrames > 0 ? ` ${protectedFrames} data frames are encrypted.` : '';
    sink.report(report[0], report[1], network.firstFrame, `Network ${network.title}:${frames} ${explanation}`);
  }
}
