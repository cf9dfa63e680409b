import { u16be } from '../bytes/integers';
import type { Layer } from '../net/layer';
import { EtherType, UNKNOWN_PAYLOAD } from '../net/layer';
import type { PacketView } from '../net/packet';
import { decodeLlc } from './ethernet';

/*
 * IEEE 802.11 frames (IEEE 802.11-2020, clause 9). What radio headers know of a frame comes in by the functions
 * that they call; bare frames are LINKTYPE_IEEE802_11.
 */

/** Frame control, first byte: version (bits 0 and 1), type (2 and 3), subtype (4 to 7). */
const VERSION_MASK = 0x03;
const TYPE_MANAGEMENT = 0;
const TYPE_CONTROL = 1;
const TYPE_DATA = 2;
/** Bits of the subtype of data frames: no frame body, and QoS control in the header. */
const NO_DATA = 0x40;
const QOS = 0x80;

/** Frame control, second byte. */
const TO_DS = 0x01;
const FROM_DS = 0x02;
const MORE_FRAGMENTS = 0x04;
const RETRY = 0x08;
const PROTECTED = 0x40;
/** An HT control field follows in QoS data and management frames. */
const ORDER = 0x80;

/** Control frames without the transmitter's address: CTS, ACK, and the wrapper. */
const CONTROL_WRAPPER = 7;
const CTS = 12;
const ACK = 13;

/** QoS control: the body is several MSDUs. */
const A_MSDU = 0x80;
const FCS_LENGTH = 4;

/** LINKTYPE_IEEE802_11: no radio header, no frame check sequence. */
export function decodeBare80211(layer: Layer, packet: PacketView): void {
  decode80211(layer, packet, false, false);
}

/** The frame of an access point that speaks CAPWAP: the type bits of a data frame show which byte comes first. */
export function decodeCapwap80211(layer: Layer, packet: PacketView): void {
  const { bytes, start, end } = layer;
  const isSwapped = start + 2 <= end && !isData(bytes[start]) && isData(bytes[start + 1]);
  decode80211(layer, packet, false, false, isSwapped);
}

const isData = (control: number): boolean => (control & 0x0f) === TYPE_DATA << 2;

/**
 * Decodes the frame at `layer.start`. `hasFcs`: its last 4 bytes are the frame check sequence; `isPadded`: the
 * header is padded to a multiple of 4 bytes, as some chips deliver it; `isSwapped`: the bytes of frame control are.
 */
export function decode80211(
  layer: Layer,
  packet: PacketView,
  hasFcs: boolean,
  isPadded: boolean,
  isSwapped = false,
): void {
  layer.etherType = UNKNOWN_PAYLOAD;
  if (hasFcs && layer.wireEnd - layer.start >= FCS_LENGTH) layer.cutAt(layer.wireEnd - FCS_LENGTH);
  if (!layer.hasHeader(10, 'wlan-truncated')) return;
  const { bytes, start } = layer;
  const control = isSwapped ? bytes[start + 1] : bytes[start];
  const flags = isSwapped ? bytes[start] : bytes[start + 1];
  if ((control & VERSION_MASK) !== 0) return;
  if (packet.wlanHeader >= 0 || packet.macSource >= 0) packet.enclose(null);
  packet.linkBytes = bytes;
  packet.wlanHeader = start;
  packet.hasFcs = hasFcs;
  packet.isRetry = (flags & RETRY) !== 0;
  packet.isEncrypted = (flags & PROTECTED) !== 0;
  switch ((control >> 2) & 3) {
    case TYPE_MANAGEMENT:
      if (layer.hasHeader(24, 'wlan-truncated')) {
        placeAddresses(packet, start + 4, start + 10);
        placeBody(layer, packet, start + ((flags & ORDER) === 0 ? 24 : 28));
        if (!packet.isEncrypted) layer.security?.onManagement(layer, packet, control);
      }
      return;
    case TYPE_CONTROL:
      decodeControl(layer, packet, control >> 4);
      return;
    case TYPE_DATA:
      decodeData(layer, packet, control, flags, isPadded);
      return;
    default:
  }
}

function decodeControl(layer: Layer, packet: PacketView, subtype: number): void {
  const { start } = layer;
  const hasTransmitter = subtype !== CONTROL_WRAPPER && subtype !== CTS && subtype !== ACK;
  // A frame that names its receiver alone is counted, as Wireshark does, as sent from there.
  if (!hasTransmitter) placeAddresses(packet, start + 4, start + 4);
  else if (start + 16 <= layer.end) placeAddresses(packet, start + 4, start + 10);
}

/** Data frames: addresses by clause 9.3.2.1, table 9-30. */
function decodeData(layer: Layer, packet: PacketView, control: number, flags: number, isPadded: boolean): void {
  const { bytes, start } = layer;
  const ds = flags & (TO_DS | FROM_DS);
  const hasQos = (control & QOS) !== 0;
  let length = ds === (TO_DS | FROM_DS) ? 30 : 24;
  const qosAt = start + length;
  if (hasQos) length += (flags & ORDER) === 0 ? 2 : 6;
  if (!layer.hasHeader(length, 'wlan-truncated')) return;
  switch (ds) {
    case 0:
      placeAddresses(packet, start + 4, start + 10);
      break;
    case TO_DS:
      placeAddresses(packet, start + 16, start + 10);
      break;
    case FROM_DS:
      placeAddresses(packet, start + 4, start + 16);
      break;
    default:
      placeAddresses(packet, start + 16, start + 24);
  }
  if (isPadded) length = (length + 3) & ~3;
  placeBody(layer, packet, start + length);
  if ((control & NO_DATA) !== 0 || layer.start >= layer.end) return;
  if (packet.isEncrypted) {
    if (layer.security?.open(layer, packet, control, flags) !== true) return;
    packet.isDecrypted = true;
    packet.wlanPlain = layer.bytes;
  }
  if ((flags & MORE_FRAGMENTS) !== 0 || (bytes[start + 22] & 0x0f) !== 0) {
    const isWhole = joinFragments(layer, packet, start, flags, hasQos ? qosAt : -1);
    // What is in no frame as it is was put together, or is not yet.
    packet.isFragment = !isWhole;
    packet.isReassembled = isWhole;
    if (!isWhole) return;
    packet.linkBytes = bytes;
    packet.bytes = layer.bytes;
  }
  if (hasQos && (bytes[qosAt] & A_MSDU) !== 0) decodeSubframe(layer);
  else decodeLlc(layer);
  if (layer.etherType === EtherType.eapol) layer.security?.onEapol(layer, packet, flags);
}

/** Sequence control (clause 9.2.4.4): fragment number in the lower 4 bits, then the sequence number. */
function joinFragments(layer: Layer, packet: PacketView, header: number, flags: number, qosAt: number): boolean {
  const { linkBytes } = packet;
  const control = linkBytes[header + 22] | (linkBytes[header + 23] << 8);
  const trafficId = qosAt < 0 ? 16 : linkBytes[qosAt] & 0x0f;
  // Receiver and transmitter, the sequence number and the traffic class make one unit.
  const key = `${String.fromCharCode(...linkBytes.subarray(header + 4, header + 16))}${control >> 4} ${trafficId}`;
  return layer.wlanFragments.take(layer, key, control & 0x0f, (flags & MORE_FRAGMENTS) === 0);
}

/**
 * One MSDU of an A-MSDU (clause 9.3.2.2): destination, source, length, LLC, padded to 4 bytes unless it is the
 * last. What follows it is left for another packet of the same frame.
 */
export function decodeSubframe(layer: Layer): void {
  layer.etherType = UNKNOWN_PAYLOAD;
  layer.furtherStart = -1;
  if (!layer.hasHeader(14, 'wlan-a-msdu')) return;
  const { bytes, start, end, wireEnd } = layer;
  const subframeEnd = start + 14 + u16be(bytes, start + 12);
  if (subframeEnd > wireEnd) {
    layer.report('warning', 'wlan-a-msdu', 'The length of an MSDU goes past the frame that carries it.');
    return;
  }
  const next = start + ((subframeEnd - start + 3) & ~3);
  if (next + 14 <= end) {
    layer.furtherBytes = bytes;
    layer.furtherStart = next;
    layer.furtherEnd = end;
    layer.furtherWireEnd = wireEnd;
  }
  layer.start = start + 14;
  layer.cutAt(subframeEnd);
  decodeLlc(layer);
}

function placeAddresses(packet: PacketView, destination: number, source: number): void {
  packet.wlanDestination = destination;
  packet.wlanSource = source;
}

function placeBody(layer: Layer, packet: PacketView, start: number): void {
  layer.start = Math.min(start, layer.end);
  packet.wlanBodyStart = layer.start;
  packet.wlanBodyEnd = layer.end;
}
