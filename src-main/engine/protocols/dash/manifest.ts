import { XMLParser } from 'fast-xml-parser';
import { resolveUrl } from '../../bytes/url';
import { expandTemplate, SegmentPattern } from './template';

export interface DashSegment {
  /** Counted from the first one of the representation. */
  readonly sequence: number;
  readonly url: string;
  readonly byteRange: { readonly offset: number; readonly length: number } | null;
  readonly durationSeconds: number;
}

export interface Representation {
  readonly id: string;
  readonly kind: 'video' | 'audio' | 'other';
  readonly period: number;
  readonly bandwidth: number;
  readonly codecs: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly language: string | null;
  readonly init: { readonly url: string; readonly byteRange: DashSegment['byteRange'] } | null;
  /** What the manifest lists; empty where it lists nothing. */
  readonly segments: readonly DashSegment[];
  /** How addresses of further segments look; null when all are listed. */
  readonly pattern: SegmentPattern | null;
}

/** A media presentation description; addresses are absolute. */
export interface DashManifest {
  readonly url: string;
  readonly isDynamic: boolean;
  readonly durationSeconds: number | null;
  readonly representations: readonly Representation[];
}

/** Limits of what one manifest may ask for. */
const maxRepresentations = 500;
const maxSegments = 100_000;

type Xml = { readonly [name: string]: unknown };

const lists = new Set(['Period', 'AdaptationSet', 'Representation', 'BaseURL', 'S', 'SegmentURL']);

const xml = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  textNodeName: '#text',
  removeNSPrefix: true,
  // Entities can be made to grow without end.
  processEntities: false,
  parseTagValue: false,
  parseAttributeValue: false,
  isArray: (name) => lists.has(name),
});

/** Reads a manifest that was found at `url` (ISO/IEC 23009-1). Null when it is none that can be understood. */
export function parseManifest(text: string, url: string): DashManifest | null {
  let root: Xml;
  try {
    root = record(record(xml.parse(text)).MPD);
  } catch {
    return null;
  }
  const periods = children(root, 'Period');
  if (periods.length === 0) return null;
  const total = seconds(root.mediaPresentationDuration);
  const base = baseUrl(root, url);
  const representations: Representation[] = [];
  periods.forEach((period, i) => {
    const periodSeconds = seconds(period.duration) ?? (periods.length === 1 ? total : null);
    const periodBase = baseUrl(period, base);
    for (const set of children(period, 'AdaptationSet')) {
      const setBase = baseUrl(set, periodBase);
      for (const own of children(set, 'Representation')) {
        if (representations.length >= maxRepresentations) return;
        representations.push(representationOf([period, set, own], baseUrl(own, setBase), i, periodSeconds));
      }
    }
  });
  return { url, isDynamic: text0(root.type) === 'dynamic', durationSeconds: total, representations };
}

function representationOf(
  levels: readonly Xml[],
  base: string,
  period: number,
  periodSeconds: number | null,
): Representation {
  const attribute = (name: string): string | null => {
    const stated = levels.map((level) => text0(level[name])).filter((value) => value !== null);
    return stated[stated.length - 1] ?? null;
  };
  const id = attribute('id') ?? '';
  const bandwidth = Number(attribute('bandwidth') ?? 0) || 0;
  const about = {
    id,
    kind: kindOf(attribute('contentType') ?? attribute('mimeType') ?? ''),
    period,
    bandwidth,
    codecs: attribute('codecs'),
    width: positive(attribute('width')),
    height: positive(attribute('height')),
    language: attribute('lang'),
  };
  const template = merged(levels, 'SegmentTemplate');
  if (template) return { ...about, ...fromTemplate(template, base, { id, bandwidth }, periodSeconds) };
  const list = merged(levels, 'SegmentList');
  if (list) return { ...about, ...fromList(list, base) };
  // One file has its initialization at its beginning.
  const whole: DashSegment = { sequence: 0, url: base, byteRange: null, durationSeconds: periodSeconds ?? 0 };
  return { ...about, init: null, segments: [whole], pattern: null };
}

function fromTemplate(
  template: Xml,
  base: string,
  known: { readonly id: string; readonly bandwidth: number },
  periodSeconds: number | null,
): Pick<Representation, 'init' | 'segments' | 'pattern'> {
  const timescale = Number(text0(template.timescale) ?? 1) || 1;
  const startNumber = Number(text0(template.startNumber) ?? 1);
  const media = text0(template.media);
  const initialization = text0(template.initialization);
  const init = initialization
    ? { url: resolveUrl(base, expandTemplate(initialization, known)), byteRange: null }
    : null;
  if (!media) return { init, segments: [], pattern: null };
  const segments: DashSegment[] = [];
  const add = (number: number, time: number, durationSeconds: number): void => {
    const url = resolveUrl(base, expandTemplate(media, { ...known, number, time }));
    segments.push({ sequence: segments.length, url, byteRange: null, durationSeconds });
  };
  const timeline = record(template.SegmentTimeline);
  const durationTicks = Number(text0(template.duration) ?? 0);
  if (Array.isArray(timeline.S)) {
    let time = 0;
    for (const entry of children(timeline, 'S')) {
      const start = text0(entry.t);
      if (start !== null) time = Number(start) || 0;
      const ticks = Number(text0(entry.d) ?? 0) || 0;
      const repeat = Number(text0(entry.r) ?? 0) || 0;
      const end =
        repeat < 0 && periodSeconds !== null ? periodSeconds * timescale : time + ticks * (Math.max(0, repeat) + 1);
      for (; ticks > 0 && time < end && segments.length < maxSegments; time += ticks) {
        add(startNumber + segments.length, time, ticks / timescale);
      }
    }
  } else if (durationTicks > 0 && periodSeconds !== null) {
    const count = Math.min(maxSegments, Math.ceil((periodSeconds * timescale) / durationTicks - 1e-6));
    for (let i = 0; i < count; i += 1) add(startNumber + i, i * durationTicks, durationTicks / timescale);
  }
  const hasAll = segments.length > 0 && !Array.isArray(timeline.S);
  const pattern = hasAll
    ? null
    : new SegmentPattern(resolveUrl(base, expandTemplate(media, known)), durationTicks / timescale);
  return { init, segments, pattern };
}

function fromList(list: Xml, base: string): Pick<Representation, 'init' | 'segments' | 'pattern'> {
  const timescale = Number(text0(list.timescale) ?? 1) || 1;
  const durationSeconds = (Number(text0(list.duration) ?? 0) || 0) / timescale;
  const initialization = record(list.Initialization);
  const source = text0(initialization.sourceURL);
  const range = byteRange(text0(initialization.range));
  const hasInit = source !== null || range !== null;
  return {
    init: hasInit ? { url: source === null ? base : resolveUrl(base, source), byteRange: range } : null,
    segments: children(list, 'SegmentURL')
      .slice(0, maxSegments)
      .map((entry, sequence) => {
        const media = text0(entry.media);
        return {
          sequence,
          url: media === null ? base : resolveUrl(base, media),
          byteRange: byteRange(text0(entry.mediaRange)),
          durationSeconds,
        };
      }),
    pattern: null,
  };
}

/** An element that may stand at several levels: the inner ones add to the outer ones. */
function merged(levels: readonly Xml[], name: string): Xml | null {
  const found = levels.map((level) => level[name]).filter((value) => value !== undefined);
  return found.length === 0 ? null : Object.assign({}, ...found.map(record));
}

function baseUrl(element: Xml, base: string): string {
  const own = Array.isArray(element.BaseURL) ? element.BaseURL[0] : undefined;
  const text = typeof own === 'string' ? own : text0(record(own)['#text']);
  return text ? resolveUrl(base, text) : base;
}

function kindOf(type: string): Representation['kind'] {
  if (type.startsWith('video')) return 'video';
  return type.startsWith('audio') ? 'audio' : 'other';
}

/** `PT1H2M3.5S` in seconds (XML Schema duration, without years and months). */
function seconds(value: unknown): number | null {
  const match = /^P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(text0(value) ?? '');
  if (!match) return null;
  const [days, hours, minutes, rest] = match.slice(1).map((part) => Number(part ?? 0));
  const total = ((days * 24 + hours) * 60 + minutes) * 60 + rest;
  return Number.isFinite(total) ? total : null;
}

function byteRange(text: string | null): DashSegment['byteRange'] {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(text ?? '');
  if (!match) return null;
  const offset = Number(match[1]);
  const length = Number(match[2]) - offset + 1;
  return length > 0 ? { offset, length } : null;
}

function positive(text: string | null): number | null {
  const value = Number(text ?? 0);
  return value > 0 ? value : null;
}

function text0(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function record(value: unknown): Xml {
  return typeof value === 'object' && value !== null ? (value as Xml) : {};
}

function children(element: Xml, name: string): Xml[] {
  const value = element[name];
  return Array.isArray(value) ? value.map(record) : [];
}
