/** What the names in a template stand for. */
interface TemplateValues {
  readonly id: string;
  readonly bandwidth: number;
  readonly number?: number;
  readonly time?: number;
}

const identifier = /\$(RepresentationID|Bandwidth|Number|Time)?(?:%0(\d{1,2})d)?\$/g;

/** Fills in a template (ISO/IEC 23009-1, section 5.3.9.4.4); names without a value stay as they are. */
export function expandTemplate(template: string, { id, bandwidth, number, time }: TemplateValues): string {
  return template.replace(identifier, (whole, name: string | undefined, width: string | undefined) => {
    if (name === undefined) return width === undefined && number !== undefined ? '$' : whole;
    if (name === 'RepresentationID') return id;
    const value = name === 'Bandwidth' ? bandwidth : name === 'Number' ? number : time;
    return value === undefined ? whole : String(value).padStart(Number(width ?? 1), '0');
  });
}

/** Recognises addresses that a template would give for some number or time. */
export class SegmentPattern {
  private readonly expression: RegExp | null;

  /** @param url address in which `$Number$` or `$Time$` are left */
  constructor(
    url: string,
    readonly durationSeconds: number,
  ) {
    const parts = url.split(/\$(?:Number|Time)(?:%0\d{1,2}d)?\$/);
    const escaped = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    this.expression = parts.length === 2 ? new RegExp(`^${escaped.join('(\\d{1,16})')}$`) : null;
  }

  /** The number or time in an address; null when it is none of these. */
  valueOf(url: string): number | null {
    const match = this.expression?.exec(url);
    return match ? Number(match[1]) : null;
  }
}
