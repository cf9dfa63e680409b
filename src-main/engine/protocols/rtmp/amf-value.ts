/** A value of the Action Message Format as a plain tree: it has no cycles, references stay references. */
export type AmfValue =
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'xml'; readonly value: string }
  | { readonly type: 'null' | 'undefined' | 'unsupported' }
  /** Milliseconds since 1970, UTC. */
  | { readonly type: 'date'; readonly epochMs: number }
  /** `className` is empty for an anonymous object; an ECMA array is an object with `isArray`. */
  | {
      readonly type: 'object';
      readonly className: string;
      readonly isArray: boolean;
      readonly members: readonly AmfMember[];
    }
  | { readonly type: 'array'; readonly items: readonly AmfValue[] }
  | { readonly type: 'bytes'; readonly length: number }
  /** To the value with this number, counted as AMF0 (section 2.9) or AMF3 (section 2.2) counts. */
  | { readonly type: 'reference'; readonly index: number };

export interface AmfMember {
  readonly name: string;
  readonly value: AmfValue;
}

/** Deeper nesting and more values than any message needs; what goes beyond is not read. */
export const maxAmfDepth = 64;
export const maxAmfValues = 65_536;

/** What is left of both limits, and why reading stopped. */
export class AmfBudget {
  values = maxAmfValues;
  /** A sentence's middle: `nested deeper than 64 levels`; null while all is well. */
  fault: string | null = null;

  /** Whether another value may be read at this depth. */
  spend(depth: number): boolean {
    if (this.fault !== null) return false;
    if (depth > maxAmfDepth) return this.fail(`nested deeper than ${maxAmfDepth} levels`);
    if (this.values === 0) return this.fail(`more than ${maxAmfValues} values`);
    this.values -= 1;
    return true;
  }

  fail(fault: string): false {
    this.fault ??= fault;
    return false;
  }
}

/** The member of an object; undefined when there is none of that name, or the value is no object. */
export function amfMember(value: AmfValue | undefined, name: string): AmfValue | undefined {
  return value?.type === 'object' ? value.members.find((member) => member.name === name)?.value : undefined;
}

export function amfString(value: AmfValue | undefined): string | null {
  return value?.type === 'string' ? value.value : null;
}

export function amfNumber(value: AmfValue | undefined): number | null {
  return value?.type === 'number' && Number.isFinite(value.value) ? value.value : null;
}

/** A value in one line: `'live'`, `15`, `Object (8)`. */
export function amfText(value: AmfValue): string {
  switch (value.type) {
    case 'number':
    case 'boolean':
      return String(value.value);
    case 'string':
      return `'${value.value}'`;
    case 'xml':
      return value.value;
    case 'date':
      return Number.isFinite(value.epochMs) && Math.abs(value.epochMs) <= 8.64e15
        ? new Date(value.epochMs).toISOString()
        : String(value.epochMs);
    case 'object':
      return `${value.className || (value.isArray ? 'ECMA array' : 'Object')} (${value.members.length})`;
    case 'array':
      return `Array (${value.items.length})`;
    case 'bytes':
      return `${value.length} bytes`;
    case 'reference':
      return `reference ${value.index}`;
    default:
      return value.type;
  }
}
