import { utf8Text } from '../../bytes/text';
import { HeaderCursor } from './header-cursor';
import { expandHeaderName } from './header-names';
import { indexOfLineFeed, skipLineEnds } from './start-line';

/** A whole message as text, for people. */
export interface SipText {
  readonly startLine: string;
  /** In the order of the message; compact names in full, folded values in one line. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: string;
}

/** Reads the bytes of one message again, for showing it; any bytes give something. */
export function readSipText(bytes: Uint8Array): SipText {
  const start = skipLineEnds(bytes, 0, bytes.length);
  const lineFeed = indexOfLineFeed(bytes, start, bytes.length);
  const lineEnd = lineFeed < 0 ? bytes.length : lineFeed;
  const startLine = utf8Text(bytes, start, lineEnd).trim();
  const cursor = new HeaderCursor(bytes, lineFeed < 0 ? bytes.length : lineFeed + 1, bytes.length, false);
  const headers: { name: string; value: string }[] = [];
  while (cursor.next()) headers.push({ name: expandHeaderName(cursor.name()), value: cursor.value() });
  return { startLine, headers, body: utf8Text(bytes, cursor.position) };
}
