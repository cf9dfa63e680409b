import type { MediaDescription } from '../../protocols/sdp';
import { parseNameAddress, type SipMessage } from '../../protocols/sip';

const maxLabel = 60;
const maxDetail = 160;
const maxCodecs = 4;

/** What stands on the arrow: `INVITE`, `200 OK`. */
export function messageLabel(message: SipMessage): string {
  if (message.isRequest) return shorten(message.method, maxLabel);
  return shorten(`${message.statusCode} ${message.reasonPhrase}`.trim(), maxLabel);
}

/** What stands under the arrow: the session description, a redirection or transfer target, or a reason. */
export function messageDetail(message: SipMessage, descriptions: readonly MediaDescription[]): string {
  const parts: string[] = [];
  if (descriptions.length > 0) parts.push(`SDP ${descriptions.map(describeMedia).join('; ')}`);
  if (message.method === 'REFER' && message.isRequest) parts.push(`to ${parseNameAddress(message.referTo).uri}`);
  if (message.statusCode >= 300 && message.statusCode < 400 && message.contact !== '')
    parts.push(`to ${parseNameAddress(message.contact).uri}`);
  if (message.reason !== '') parts.push(message.reason);
  return shorten(parts.join(' · '), maxDetail);
}

/** `audio PCMU/8000, telephone-event/8000 (sendonly)`. */
function describeMedia(description: MediaDescription): string {
  const { type, profile, payloads, port, direction, isRtp, isSecure, isOnHold } = description;
  if (port === 0) return `${type} refused`;
  const codecs = payloads.map((p) => `${p.encodingName}/${p.clockRateHz}${p.channels > 1 ? `/${p.channels}` : ''}`);
  const shown = codecs.length > maxCodecs ? [...codecs.slice(0, maxCodecs), '…'] : codecs;
  const notes = [isSecure && 'encrypted', direction !== 'sendrecv' ? direction : isOnHold && 'hold'].filter(Boolean);
  const what = isRtp ? shown.join(', ') : profile;
  return `${type} ${what}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`;
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
