import { formatAddress } from '../../bytes/addresses';
import { u16be } from '../../bytes/integers';
import { latin1Text, utf8Text } from '../../bytes/text';
import { DerReader, DerTag, type DerValue } from './der';

/** What a certificate says whose it is (RFC 5280). */
export interface CertificateNames {
  /** Common name of the subject, or its organization; empty without either. */
  readonly subject: string;
  readonly issuer: string;
  /** Subject alternative names: hosts, addresses, mail addresses, URIs. */
  readonly alternatives: readonly string[];
}

/** How long a name may be, and all alternative names of a certificate together. */
const longestName = 255;
const mostText = 4096;

const commonName = [0x55, 0x04, 0x03];
const organization = [0x55, 0x04, 0x0a];
const subjectAltName = [0x55, 0x1d, 0x11];

/** Context tags of a TBSCertificate: version [0], extensions [3]. */
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
/** Context tags of a GeneralName. */
const MAIL = 0x81;
const DNS = 0x82;
const URI = 0x86;
const ADDRESS = 0x87;

/** Names in the first certificate of a Certificate message (RFC 5246, section 7.4.2; RFC 8446, section 4.4.2). */
export function firstCertificate(
  bytes: Uint8Array,
  start: number,
  end: number,
  isTls13: boolean,
): CertificateNames | null {
  // TLS 1.3 has a request context before the list.
  const list = isTls13 ? start + 1 + bytes[start] : start;
  const first = list + 6;
  if (first > end) return null;
  const length = (bytes[list + 3] << 16) | u16be(bytes, list + 4);
  return length > end - first ? null : certificateNames(bytes, first, first + length);
}

/** Names in the certificate `bytes[start..end)`; null when it is none. */
export function certificateNames(bytes: Uint8Array, start: number, end: number): CertificateNames | null {
  const certificate = new DerReader(bytes, start, end).nextIf(DerTag.sequence);
  const signed = certificate && inside(bytes, certificate).nextIf(DerTag.sequence);
  if (!signed) return null;
  const fields = inside(bytes, signed);
  fields.nextIf(VERSION);
  const serial = fields.nextIf(DerTag.integer);
  const algorithm = fields.nextIf(DerTag.sequence);
  const issuer = fields.nextIf(DerTag.sequence);
  const validity = fields.nextIf(DerTag.sequence);
  const subject = fields.nextIf(DerTag.sequence);
  if (!serial || !algorithm || !issuer || !validity || !subject) return null;
  return {
    subject: distinguishedName(bytes, subject),
    issuer: distinguishedName(bytes, issuer),
    alternatives: alternativeNames(bytes, fields),
  };
}

function inside(bytes: Uint8Array, { start, end }: DerValue): DerReader {
  return new DerReader(bytes, start, end);
}

function distinguishedName(bytes: Uint8Array, name: DerValue): string {
  let other = '';
  const sets = inside(bytes, name);
  for (let set = sets.next(); set; set = sets.next()) {
    const pairs = inside(bytes, set);
    for (let pair = pairs.next(); pair; pair = pairs.next()) {
      const parts = inside(bytes, pair);
      const type = parts.nextIf(DerTag.objectIdentifier);
      const value = parts.next();
      if (!type || !value) continue;
      if (isOid(bytes, type, commonName)) return textOf(bytes, value);
      if (isOid(bytes, type, organization) && other === '') other = textOf(bytes, value);
    }
  }
  return other;
}

function alternativeNames(bytes: Uint8Array, fields: DerReader): string[] {
  for (let field = fields.next(); field; field = fields.next()) {
    if (field.tag !== EXTENSIONS) continue;
    const list = inside(bytes, field).nextIf(DerTag.sequence);
    const extensions = list && inside(bytes, list);
    for (let extension = extensions?.next(); extension; extension = extensions?.next()) {
      const parts = inside(bytes, extension);
      const type = parts.nextIf(DerTag.objectIdentifier);
      parts.nextIf(DerTag.boolean);
      const value = parts.nextIf(DerTag.octetString);
      if (type && value && isOid(bytes, type, subjectAltName)) return generalNames(bytes, value);
    }
  }
  return [];
}

function generalNames(bytes: Uint8Array, value: DerValue): string[] {
  const list = inside(bytes, value).nextIf(DerTag.sequence);
  const found: string[] = [];
  const names = list && inside(bytes, list);
  let text = 0;
  for (let name = names?.next(); name; name = names?.next()) {
    const length = name.end - name.start;
    if (text + length > mostText) {
      found.push('…');
      break;
    }
    if (name.tag === ADDRESS && (length === 4 || length === 16)) found.push(formatAddress(bytes, name.start, length));
    else if (name.tag === DNS || name.tag === MAIL || name.tag === URI) found.push(textOf(bytes, name));
    text += length + 1;
  }
  return found;
}

function isOid(bytes: Uint8Array, { start, end }: DerValue, oid: readonly number[]): boolean {
  return end - start === oid.length && oid.every((octet, i) => bytes[start + i] === octet);
}

/** Text without control characters, which have no place in a name. */
function textOf(bytes: Uint8Array, { tag, start, end }: DerValue): string {
  const last = Math.min(end, start + longestName);
  let text = '';
  if (tag === DerTag.bmpString) {
    for (let at = start; at + 1 < last; at += 2) text += String.fromCharCode(u16be(bytes, at));
  } else {
    text = tag === DerTag.utf8String ? utf8Text(bytes, start, last) : latin1Text(bytes, start, last);
  }
  return text.replace(/\p{Cc}/gu, '\ufffd');
}
