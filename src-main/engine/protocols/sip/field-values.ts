/** An address in From, To, Contact, Refer-To (RFC 3261, section 20.10): texts are '' when absent. */
export interface NameAddress {
  readonly displayName: string;
  readonly uri: string;
}

/** Parts of a `sip:`, `sips:` or `tel:` URI (RFC 3261, section 19.1; RFC 3966). */
export interface SipUri {
  readonly scheme: string;
  /** User without password and parameters; the number of a `tel:` URI. */
  readonly user: string;
  readonly host: string;
}

/** Offset just past the quoted string that opens at `start`; the end of the text when it never closes. */
function skipQuoted(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i += 1) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === '"') return i + 1;
  }
  return text.length;
}

/** First element of a comma list; commas in quotes and in angle brackets do not count. */
export function firstListElement(text: string): string {
  for (let i = 0; i < text.length; ) {
    const c = text[i];
    if (c === ',') return text.slice(0, i).trim();
    if (c === '"') i = skipQuoted(text, i);
    else if (c === '<') i = skipAngle(text, i);
    else i += 1;
  }
  return text.trim();
}

function skipAngle(text: string, start: number): number {
  const close = text.indexOf('>', start);
  return close < 0 ? text.length : close + 1;
}

/** Where the parameters of a header value begin: its first semicolon outside of quotes and angle brackets. */
function parametersStart(text: string): number {
  for (let i = 0; i < text.length; ) {
    const c = text[i];
    if (c === ';') return i;
    if (c === '"') i = skipQuoted(text, i);
    else if (c === '<') i = skipAngle(text, i);
    else i += 1;
  }
  return -1;
}

/** Value of parameter `name` (lower case) of a header value, quotes removed; '' when it has none. */
export function headerParameter(text: string, name: string): string {
  for (let i = parametersStart(text); i >= 0 && i < text.length; ) {
    let next = i + 1;
    while (next < text.length && text[next] !== ';') {
      if (text[next] === '"') next = skipQuoted(text, next);
      else if (text[next] === ',') return parameterValue(text, i + 1, next, name);
      else next += 1;
    }
    const value = parameterValue(text, i + 1, next, name);
    if (value !== '') return value;
    i = next;
  }
  return '';
}

function parameterValue(text: string, start: number, end: number, name: string): string {
  let from = start;
  while (from < end && (text[from] === ' ' || text[from] === '\t')) from += 1;
  // Cheap refusal first: most parameters are not the one asked for.
  if ((text.charCodeAt(from) | 0x20) !== name.charCodeAt(0)) return '';
  const equals = text.indexOf('=', from);
  if (equals < 0 || equals >= end) return '';
  if (text.slice(from, equals).trim().toLowerCase() !== name) return '';
  return unquote(text.slice(equals + 1, end).trim());
}

function unquote(text: string): string {
  if (text[0] !== '"') return text;
  const end = text.length > 1 && text.endsWith('"') ? text.length - 1 : text.length;
  return text.slice(1, end).replace(/\\(.)/g, '$1');
}

/** Splits `"Alice" <sip:alice@example.com>;tag=1` or `sip:alice@example.com;tag=1`. */
export function parseNameAddress(text: string): NameAddress {
  const value = text.trim();
  if (value[0] === '"') {
    const end = skipQuoted(value, 0);
    return { displayName: unquote(value.slice(0, end)), uri: angleUri(value, end) };
  }
  const open = value.indexOf('<');
  if (open >= 0) return { displayName: value.slice(0, open).trim(), uri: angleUri(value, open) };
  // Without angle brackets, parameters belong to the header, not to the URI (RFC 3261, section 20.10).
  const semicolon = value.indexOf(';');
  return { displayName: '', uri: (semicolon < 0 ? value : value.slice(0, semicolon)).trim() };
}

function angleUri(value: string, from: number): string {
  const open = value.indexOf('<', from);
  if (open < 0) return '';
  const close = value.indexOf('>', open);
  return value.slice(open + 1, close < 0 ? value.length : close).trim();
}

/** Splits a URI; any text gives something, an unknown scheme only its scheme. */
export function parseSipUri(uri: string): SipUri {
  const colon = uri.indexOf(':');
  if (colon < 0) return { scheme: '', user: '', host: uri };
  const scheme = uri.slice(0, colon).toLowerCase();
  const rest = uri.slice(colon + 1);
  if (scheme === 'tel') return { scheme, user: cut(rest, ';'), host: '' };
  if (scheme !== 'sip' && scheme !== 'sips') return { scheme, user: '', host: '' };
  // The user part may contain ';' and '?'; the host never contains '@'.
  const at = rest.lastIndexOf('@');
  const user = at < 0 ? '' : cut(cut(rest.slice(0, at), ':'), ';');
  return { scheme, user, host: cut(cut(rest.slice(at + 1), ';'), '?') };
}

function cut(text: string, separator: string): string {
  const at = text.indexOf(separator);
  return at < 0 ? text : text.slice(0, at);
}

/**
 * How a party is shown: the user of its URI (a telephone number, a name), else its display name, else host or
 * URI. It is what the From and To columns of other tools begin with.
 */
export function partyText(headerValue: string): string {
  const { displayName, uri } = parseNameAddress(headerValue);
  const { user, host } = parseSipUri(uri);
  return user || displayName || host || uri;
}
