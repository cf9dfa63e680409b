import { ByteReader } from '../../bytes/byte-reader';
import { Amf3Reader } from './amf3';
import { AmfBudget, type AmfMember, type AmfValue } from './amf-value';
import { f64be } from './float';

/** Type markers (AMF 0 specification, section 2.1). */
const Marker = {
  number: 0x00,
  boolean: 0x01,
  string: 0x02,
  object: 0x03,
  null: 0x05,
  undefined: 0x06,
  reference: 0x07,
  ecmaArray: 0x08,
  objectEnd: 0x09,
  strictArray: 0x0a,
  date: 0x0b,
  longString: 0x0c,
  unsupported: 0x0d,
  xml: 0x0f,
  typedObject: 0x10,
  avmPlus: 0x11,
} as const;

/** The values of an AMF body, and why they end before the bytes do. */
export interface AmfValues {
  readonly values: readonly AmfValue[];
  /** `nested deeper than 64 levels`; null when everything was read. */
  readonly fault: string | null;
}

/** Reads AMF0 values one after the other, as commands and data messages have them. What is readable before a fault is kept. */
export function readAmf0(bytes: Uint8Array, start = 0, end = bytes.length): AmfValues {
  const reader = new Amf0Reader(bytes, start, end);
  const values: AmfValue[] = [];
  while (reader.hasMore) {
    const value = reader.value(1);
    if (value) values.push(value);
    if (reader.fault !== null) break;
  }
  return { values, fault: reader.fault };
}

class Amf0Reader {
  private readonly reader: ByteReader;
  private readonly budget = new AmfBudget();

  constructor(
    private readonly bytes: Uint8Array,
    start: number,
    end: number,
  ) {
    this.reader = new ByteReader(bytes, start, end);
  }

  get hasMore(): boolean {
    return this.reader.remaining > 0;
  }

  get fault(): string | null {
    return this.budget.fault;
  }

  /** Null where nothing of a value can be told; an object that breaks off has the members before. */
  value(depth: number): AmfValue | null {
    const { reader } = this;
    if (!this.budget.spend(depth)) return null;
    const marker = reader.u8();
    switch (marker) {
      case Marker.number:
        return this.whole({ type: 'number', value: this.double() });
      case Marker.boolean:
        return this.whole({ type: 'boolean', value: reader.u8() !== 0 });
      case Marker.string:
        return this.whole({ type: 'string', value: reader.utf8(reader.u16be()) });
      case Marker.longString:
        return this.whole({ type: 'string', value: reader.utf8(reader.u32be()) });
      case Marker.xml:
        return this.whole({ type: 'xml', value: reader.utf8(reader.u32be()) });
      case Marker.null:
        return { type: 'null' };
      case Marker.undefined:
        return { type: 'undefined' };
      case Marker.unsupported:
        return { type: 'unsupported' };
      case Marker.reference:
        return this.whole({ type: 'reference', index: reader.u16be() });
      case Marker.date: {
        const epochMs = this.double();
        reader.skip(2); // time-zone, reserved
        return this.whole({ type: 'date', epochMs });
      }
      case Marker.object:
        return { type: 'object', className: '', isArray: false, members: this.members(depth) };
      case Marker.ecmaArray:
        reader.skip(4); // A hint of how many members follow: the end marker tells.
        return { type: 'object', className: '', isArray: true, members: this.members(depth) };
      case Marker.typedObject: {
        const className = reader.utf8(reader.u16be());
        return { type: 'object', className, isArray: false, members: this.members(depth) };
      }
      case Marker.strictArray:
        return { type: 'array', items: this.items(reader.u32be(), depth) };
      case Marker.avmPlus:
        return this.avmPlus(depth);
      default:
        this.budget.fail(`the type marker 0x${marker.toString(16)} is unknown`);
        return null;
    }
  }

  private members(depth: number): AmfMember[] {
    const { budget, reader } = this;
    const members: AmfMember[] = [];
    while (budget.fault === null) {
      const name = reader.utf8(reader.u16be());
      if (reader.isTruncated) break;
      if (name === '' && reader.remaining > 0 && this.bytes[reader.offset] === Marker.objectEnd) {
        reader.skip(1);
        return members;
      }
      const value = this.value(depth + 1);
      if (value) members.push({ name, value });
    }
    budget.fail('it breaks off');
    return members;
  }

  private items(count: number, depth: number): AmfValue[] {
    const items: AmfValue[] = [];
    for (let i = 0; i < count && this.budget.fault === null; i += 1) {
      const value = this.value(depth + 1);
      if (value) items.push(value);
    }
    return items;
  }

  /** Each value behind this marker has reference tables of its own (AMF 0, section 3.1). */
  private avmPlus(depth: number): AmfValue | null {
    return new Amf3Reader(this.reader, this.budget).value(depth + 1);
  }

  private whole(value: AmfValue): AmfValue | null {
    if (!this.reader.isTruncated) return value;
    this.budget.fail('it breaks off');
    return null;
  }

  private double(): number {
    return f64be(this.reader.borrow(8));
  }
}
