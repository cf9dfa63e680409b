import type { AnalysisDocument } from '#shared/model/analysis-document';
import { version } from '../../package.json';
import type { LoadedCapture } from './session';
import { printable } from './text-table';

export const tool = { name: 'tapdeck', version } as const;

/** The part of the document that says which file it is about. */
export function captureFacts({ summary, shownPath }: LoadedCapture): AnalysisDocument['capture'] {
  const { format, bytes, sha256, packets, firstTime, durationSeconds, linkTypes, complete } = summary;
  return { path: shownPath, format, bytes, sha256, packets, firstTime, durationSeconds, linkTypes, complete };
}

/** Facts of a capture and how many things are in it, one a line. */
export function describeCapture(loaded: LoadedCapture): string {
  const facts = captureFacts(loaded);
  const { conversations, calls, streams } = loaded.document;
  const counted = Object.entries(conversations).filter(([, count]) => count > 0);
  const lines: readonly (readonly [string, string])[] = [
    ['file', facts.path],
    ['format', `${facts.format}, ${facts.linkTypes.join(', ') || 'no link type'}`],
    ['size', `${facts.bytes} bytes`],
    ['sha256', facts.sha256 ?? '-'],
    ['packets', `${facts.packets}${facts.complete ? '' : ' (the file could not be read to its end)'}`],
    ['begins', facts.firstTime ?? '-'],
    ['lasts', `${facts.durationSeconds.toFixed(3)} s`],
    ['conversations', counted.map(([kind, count]) => `${count} ${kind}`).join(', ') || 'none'],
    ['calls', String(calls.length)],
    ['streams', String(streams.length)],
  ];
  return lines.map(([name, value]) => `${name.padEnd(13)}  ${printable(value)}\n`).join('');
}

/** One JSON document, ended by a newline. */
export function jsonText(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
