import { decodeBase64 } from '../../bytes/base64';
import { latin1Text } from '../../bytes/text';

const STAR = 0x2a;

/** What a client shows to be let in: scheme (`Basic`, `Digest`) and name, never the password. */
export interface Credentials {
  readonly scheme: string;
  readonly user: string | null;
}

/** Reads an Authorization field; null without one. */
export function credentialsOf(value: string | undefined): Credentials | null {
  const match = /^\s*([A-Za-z][A-Za-z0-9_-]{0,31})(?:\s+(.*))?$/.exec(value ?? '');
  if (!match) return null;
  const [, scheme, rest = ''] = match;
  if (scheme.toLowerCase() === 'basic') {
    const text = latin1Text(decodeBase64(rest.slice(0, 1024)));
    const colon = text.indexOf(':');
    return { scheme: 'Basic', user: colon < 0 ? null : text.slice(0, colon) };
  }
  return { scheme, user: /\busername\s*=\s*"([^"]*)"/i.exec(rest)?.[1] ?? null };
}

/** Schemes that a server offers (WWW-Authenticate), by name and without repetition, with the first realm. */
export function challengesOf(value: string): { readonly schemes: readonly string[]; readonly realm: string | null } {
  const unquoted = value.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const schemes = new Set<string>();
  for (const [, name] of unquoted.matchAll(/(?:^|,)\s*([A-Za-z][A-Za-z0-9_-]{0,31})(?=\s+[A-Za-z]|\s*(?:,|$))/g)) {
    if (!new RegExp(`${name}\\s*=`).test(unquoted)) schemes.add(name);
  }
  return { schemes: [...schemes], realm: /\brealm\s*=\s*"([^"]*)"/i.exec(value)?.[1] ?? null };
}

/** `rtsp://user:secret@host/` with the password replaced by stars. */
export function withoutPassword(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/@:]*):[^/]*@(?=[^@]*$|[^/@]*\/)/i, '$1:***@');
}

/**
 * Overwrites, in the bytes of messages of RTSP or HTTP, what tells a password: the credentials of the scheme Basic
 * (RFC 7617 sends them encoded, not encrypted) and passwords in URLs. The length stays.
 */
export function maskSecrets(bytes: Uint8Array): void {
  const text = latin1Text(bytes);
  for (const match of text.matchAll(/^(?:proxy-)?authorization[ \t]*:[ \t]*basic[ \t]+([^\r\n]*)/gim)) {
    star(bytes, match.index + match[0].length - match[1].length, match[1].length);
  }
  for (const match of text.matchAll(/\b[a-z][a-z0-9+.-]{0,15}:\/\/[^\s/@:"]{0,256}:([^\s/"]{0,256})@/gi)) {
    star(bytes, match.index + match[0].length - 1 - match[1].length, match[1].length);
  }
}

function star(bytes: Uint8Array, start: number, length: number): void {
  bytes.fill(STAR, start, start + length);
}
