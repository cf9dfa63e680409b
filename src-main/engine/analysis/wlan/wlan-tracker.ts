import type { DiagnosticSink } from '#shared/model/diagnostic';
import type { WlanNetworkRow } from '#shared/model/wlan';
import { u16be, u32be } from '../../bytes/integers';
import type { CipherSuite } from '../../crypto/cipher-suite';
import { endsWithCrc32 } from '../../crypto/crc32';
import type { Layer } from '../../net/layer';
import type { PacketView } from '../../net/packet';
import type { WlanSecurity } from '../../net/wlan-security';
import { parseElements, parseKeyFrame, type WlanCipher } from '../../protocols/wlan/index';
import { openFrame, type ProtectedFrame, type TemporalKey } from './frame-cipher';
import { takeKeyFrame } from './handshake';
import { WlanNetwork, WlanStation } from './network';
import { networkRow, reportNetworks } from './network-rows';
import { type WlanKey, WlanKeyRing } from './wlan-keys';

/** More networks and stations than any air holds are made up. */
const mostNetworks = 4096;
const mostStations = 16_384;

const TO_DS = 0x01;
const FROM_DS = 0x02;
/** Keys that are tried for one frame. */
const mostTries = 4;
/** Subtypes of management frames, and where their elements begin (IEEE 802.11-2020, clause 9.3.3). */
const elementOffsets: ReadonlyMap<number, number> = new Map([
  [0, 4],
  [2, 10],
  [5, 12],
  [8, 12],
]);
const ASSOCIATION_REQUEST = 0;
const REASSOCIATION_REQUEST = 2;
const PRIVACY = 0x10;
/** Byte 3 of the initialization vector: more than WEP's follows; key identifier in the upper two bits. */
const EXTENDED_IV = 0x20;

/** Networks and stations of the air, their handshakes and keys. */
export class WlanTracker implements WlanSecurity {
  private readonly networks = new Map<number, WlanNetwork>();
  private readonly ring: WlanKeyRing;
  private stationCount = 0;

  constructor(
    suite: CipherSuite,
    keys: readonly WlanKey[],
    private readonly sink: DiagnosticSink,
  ) {
    this.ring = new WlanKeyRing(suite, keys);
  }

  /** Opens frames again by the keys that were found, and learns nothing from them. */
  get reader(): WlanSecurity {
    return {
      onManagement: () => undefined,
      onEapol: () => undefined,
      open: (layer, packet, control, flags) => this.tryOpen(layer, packet, control, flags, false),
    };
  }

  onManagement(layer: Layer, packet: PacketView, control: number): void {
    const subtype = control >> 4;
    const offset = elementOffsets.get(subtype);
    if (offset === undefined || layer.start + offset > layer.end) return;
    const { linkBytes, wlanHeader } = packet;
    const network = this.networkAt(linkBytes, wlanHeader + 16, layer.frame);
    if (!network) return;
    const { ssid, rsn, wpa } = parseElements(layer.bytes, layer.start + offset, layer.end);
    if (ssid !== null) network.ssid = ssid;
    if (subtype === ASSOCIATION_REQUEST || subtype === REASSOCIATION_REQUEST) {
      const station = this.stationAt(network, linkBytes, wlanHeader + 10);
      if (station) station.security = rsn ?? wpa ?? station.security;
    } else {
      network.rsn = rsn ?? network.rsn;
      network.wpa = wpa ?? network.wpa;
      network.hasPrivacy = (layer.bytes[layer.start + 10] & PRIVACY) !== 0;
    }
  }

  onEapol(layer: Layer, packet: PacketView, flags: number): void {
    const frame = parseKeyFrame(layer.bytes, layer.start, layer.end);
    if (!frame) return;
    const { linkBytes, wlanHeader } = packet;
    const isFromAp = (flags & FROM_DS) !== 0;
    // What claims to come from the other side than its header says is forged, or no access point's.
    if (isFromAp !== frame.isFromAuthenticator) return;
    const network = this.networkAt(linkBytes, wlanHeader + (isFromAp ? 10 : 4), layer.frame);
    const station = network && this.stationAt(network, linkBytes, wlanHeader + (isFromAp ? 4 : 10));
    if (network && station) takeKeyFrame(this.ring, network, station, frame, layer.frame, packet.isRetry);
  }

  open(layer: Layer, packet: PacketView, control: number, flags: number): boolean {
    return this.tryOpen(layer, packet, control, flags, true);
  }

  rows(): WlanNetworkRow[] {
    return [...this.networks.values()].map((network) => networkRow(network, this.ring));
  }

  /** The capture is over: says of each network what could not be decrypted, and why. */
  finish(): void {
    reportNetworks(this.networks.values(), this.ring, this.sink);
  }

  private tryOpen(layer: Layer, packet: PacketView, control: number, flags: number, isFirstTime: boolean): boolean {
    const { linkBytes, wlanHeader } = packet;
    const isFromAp = (flags & FROM_DS) !== 0;
    // Frames between stations without an access point, and between access points, have no handshake that we follow.
    if (isFromAp === ((flags & TO_DS) !== 0) || layer.start + 4 > layer.end) return false;
    const network = this.networkAt(linkBytes, wlanHeader + (isFromAp ? 10 : 4), layer.frame);
    if (!network) return false;
    const isGroup = isFromAp && (linkBytes[wlanHeader + 4] & 1) !== 0;
    const station = isGroup ? null : this.stationAt(network, linkBytes, wlanHeader + (isFromAp ? 4 : 10));
    if (!isGroup && !station) return false;
    if (isFirstTime) {
      if (station) station.protectedFrames += 1;
      else network.groupFrames += 1;
    }
    if (layer.wireEnd > layer.end) {
      if (station && isFirstTime) station.cutFrames += 1;
      return false;
    }
    const iv = layer.bytes[layer.start + 3];
    if ((iv & EXTENDED_IV) === 0) {
      if (station && isFirstTime) station.wepFrames += 1;
      return false;
    }
    const body = layer.bytes.subarray(layer.start, layer.end);
    const frame: ProtectedFrame = { bytes: linkBytes, header: wlanHeader, control, flags, body };
    const keyId = isGroup ? iv >> 6 : -1;
    const keys = station ? station.temporal : network.groupKeys;
    let plain = this.openByAny(keys, frame, keyId, layer.frame);
    if (plain === null && !packet.hasFcs && this.ring.isNotEmpty && endsWithCrc32(linkBytes, wlanHeader, layer.end)) {
      // Some drivers deliver the frame check sequence without saying so.
      plain = this.openByAny(keys, { ...frame, body: body.subarray(0, -4) }, keyId, layer.frame);
    }
    if (plain === null) return false;
    if (isFirstTime) {
      if (station) station.decryptedFrames += 1;
      else network.decryptedGroupFrames += 1;
    }
    layer.bytes = plain;
    layer.start = 0;
    layer.end = plain.length;
    layer.wireEnd = plain.length;
    return true;
  }

  private openByAny(keys: TemporalKey[], frame: ProtectedFrame, keyId: number, number: number): Uint8Array | null {
    return this.openBy(keys, keyId, frame, number) ?? this.openByGiven(keys, keyId, frame, number);
  }

  /** The latest key that was there at that time; an older one while the new one is not yet in use. */
  private openBy(
    keys: readonly TemporalKey[],
    keyId: number,
    frame: ProtectedFrame,
    number: number,
  ): Uint8Array | null {
    let tries = 0;
    for (let i = keys.length - 1; i >= 0 && tries < mostTries; i -= 1) {
      const key = keys[i];
      if (key.fromFrame > number || key.keyId !== keyId) continue;
      tries += 1;
      const plain = openFrame(this.ring.suite, key, frame);
      if (plain) return plain;
    }
    return null;
  }

  /** By a temporal key that was given; the one that fits is kept with the others. */
  private openByGiven(keys: TemporalKey[], keyId: number, frame: ProtectedFrame, fromFrame: number): Uint8Array | null {
    for (const given of this.ring.temporalKeys) {
      for (const cipher of ['ccmp', 'gcmp'] as const satisfies readonly WlanCipher[]) {
        const key = { cipher, key: given, keyId, fromFrame };
        const plain = openFrame(this.ring.suite, key, frame);
        if (plain === null) continue;
        keys.push(key);
        return plain;
      }
    }
    return null;
  }

  private networkAt(bytes: Uint8Array, at: number, frame: number): WlanNetwork | null {
    const id = macNumber(bytes, at);
    let network = this.networks.get(id);
    if (!network) {
      if (this.networks.size >= mostNetworks || (bytes[at] & 1) !== 0) return null;
      network = new WlanNetwork(bytes.slice(at, at + 6), frame);
      this.networks.set(id, network);
    }
    return network;
  }

  private stationAt({ stations }: WlanNetwork, bytes: Uint8Array, at: number): WlanStation | null {
    const id = macNumber(bytes, at);
    let station = stations.get(id);
    if (!station) {
      if (this.stationCount >= mostStations || (bytes[at] & 1) !== 0) return null;
      this.stationCount += 1;
      station = new WlanStation(bytes.slice(at, at + 6));
      stations.set(id, station);
    }
    return station;
  }
}

const macNumber = (bytes: Uint8Array, at: number): number => u16be(bytes, at) * 0x1_0000_0000 + u32be(bytes, at + 2);
