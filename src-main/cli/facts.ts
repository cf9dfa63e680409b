import type { AnalysisDocument } from '#shared/model/analysis-document';
import { version } from '../../package.json';
import type { CaptureFacts } from '#shared/model/capture';
import type { LoadedCapture } from './session';
import { printable } from './text-table';

export const tool = { name: 'tapdeck', version } as const;

/** The part of the document that says which file it is about. */
export function captureFacts({ summary, shownPath }: LoadedCapture): AnalysisDocument['capture'] {
  const { format, bytes, sha256, packets, duplicateFrames, firstTime, durationSeconds, linkTypes, complete } = summary;
  const { compression, files } = summary;
  return {
    path: shownPath,
    format,
    bytes,
    sha256,
    packets,
    duplicateFrames,
    firstTime,
    durationSeconds,
    linkTypes,
    complete,
    compression,
    // The private copy of standard input is nobody's business.
    files: shownPath === '-' ? files.map((file) => ({ ...file, path: shownPath })) : files,
  };
}

/** Facts of a capture and how many things are in it, one a line. */
export function describeCapture(loaded: LoadedCapture): string {
  const facts = captureFacts(loaded);
  const { conversations, calls, streams } = loaded.document;
  const about = loaded.summary.facts;
  const counted = Object.entries(conversations).filter(([, count]) => count > 0);
  const lines: readonly (readonly [string, string])[] = [
    ['file', facts.path],
    ['format', [facts.format, ...nonEmpty(facts.linkTypes.join(', '), about.variant)].join(', ')],
    ['size', `${facts.bytes} bytes${facts.compression === null ? '' : `, ${facts.compression}`}`],
    ['sha256', facts.sha256 ?? '-'],
    ['packets', `${facts.packets}${facts.complete ? '' : ' (the file could not be read to its end)'}`],
    ...(facts.duplicateFrames > 0 ? [['duplicates', `${facts.duplicateFrames} packets`] as const] : []),
    ...recorded(about),
    ['begins', facts.firstTime ?? '-'],
    ['lasts', `${facts.durationSeconds.toFixed(3)} s`],
    ['conversations', counted.map(([kind, count]) => `${count} ${kind}`).join(', ') || 'none'],
    ['calls', String(calls.length)],
    ['streams', String(streams.length)],
  ];
  return lines.map(([name, value]) => `${name.padEnd(13)}  ${printable(value)}\n`).join('');
}

/** What the file says about how it was recorded; nothing where it says nothing. */
function recorded({ commentedFrames, dropped, interfaces, names, secrets, sections }: CaptureFacts) {
  const programs = new Set(sections.map(({ application, os }) => nonEmpty(application, os).join(' on ')));
  const sources = interfaces.flatMap(({ name, packets }) => (name === null ? [] : [`${name} (${packets} packets)`]));
  const lines: readonly (readonly [string, string])[] = [
    ['recorded by', nonEmpty(...programs).join('; ')],
    ['interfaces', sources.slice(0, 20).join(', ')],
    ['comments', [...new Set(sections.flatMap(({ comments }) => comments))].join('; ')],
    ['commented', commentedFrames > 0 ? `${commentedFrames} frames` : ''],
    ['names', names > 0 ? `${names} addresses` : ''],
    ['secrets', secrets.map(({ type, bytes }) => `${type} (${bytes} bytes)`).join(', ')],
    ['dropped', dropped === null ? '' : `${dropped} packets, by the capturing program's count`],
  ];
  return lines.filter(([, value]) => value !== '');
}

function nonEmpty(...texts: readonly (string | null)[]): string[] {
  return texts.filter((text): text is string => text !== null && text !== '');
}

/** One JSON document, ended by a newline. */
export function jsonText(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
