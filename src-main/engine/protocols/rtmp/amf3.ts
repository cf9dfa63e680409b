import type { ByteReader } from '../../bytes/byte-reader';
import type { AmfBudget, AmfMember, AmfValue } from './amf-value';
import { f64be } from './float';

/** Type markers (AMF 3 specification, section 3.1). */
const Marker = {
  undefined: 0x00,
  null: 0x01,
  false: 0x02,
  true: 0x03,
  integer: 0x04,
  double: 0x05,
  string: 0x06,
  xmlDocument: 0x07,
  date: 0x08,
  array: 0x09,
  object: 0x0a,
  xml: 0x0b,
  byteArray: 0x0c,
  vectorInt: 0x0d,
  vectorUint: 0x0e,
  vectorDouble: 0x0f,
  vectorObject: 0x10,
  dictionary: 0x11,
} as const;

interface Traits {
  readonly className: string;
  readonly isDynamic: boolean;
  readonly isExternalizable: boolean;
  readonly names: readonly string[];
}

/** Classes whose external form is one value (`flash.utils.IExternalizable` as Flex has it). */
const wrappers = new Set(['flex.messaging.io.ArrayCollection', 'flex.messaging.io.ObjectProxy']);

/** Reads AMF3 values that share their tables of strings and traits. */
export class Amf3Reader {
  private readonly strings: string[] = [];
  private readonly traits: Traits[] = [];

  constructor(
    private readonly reader: ByteReader,
    private readonly budget: AmfBudget,
  ) {}

  /** Null where nothing of a value can be told; `budget.fault` then says why. */
  value(depth: number): AmfValue | null {
    const { reader } = this;
    if (!this.budget.spend(depth)) return null;
    const marker = reader.u8();
    switch (marker) {
      case Marker.undefined:
        // Zeros past the end read like this marker.
        return this.whole({ type: 'undefined' });
      case Marker.null:
        return { type: 'null' };
      case Marker.false:
      case Marker.true:
        return { type: 'boolean', value: marker === Marker.true };
      case Marker.integer:
        return this.whole({ type: 'number', value: (this.u29() << 3) >> 3 });
      case Marker.double:
        return this.whole({ type: 'number', value: f64be(reader.borrow(8)) });
      case Marker.string:
        return this.whole({ type: 'string', value: this.string() });
      default:
        return this.complex(marker, depth);
    }
  }

  /** Values that may be references to earlier ones (section 2.2). */
  private complex(marker: number, depth: number): AmfValue | null {
    if (marker > Marker.dictionary) {
      this.budget.fail(`the type marker 0x${marker.toString(16)} of AMF3 is unknown`);
      return null;
    }
    const { reader } = this;
    const word = this.u29();
    if ((word & 1) === 0) return this.whole({ type: 'reference', index: word >>> 1 });
    const count = word >>> 1;
    switch (marker) {
      case Marker.xmlDocument:
      case Marker.xml:
        return this.whole({ type: 'xml', value: reader.utf8(count) });
      case Marker.date:
        return this.whole({ type: 'date', epochMs: f64be(reader.borrow(8)) });
      case Marker.array:
        return this.array(count, depth);
      case Marker.object:
        return this.object(word, depth);
      case Marker.byteArray:
        reader.skip(count);
        return this.whole({ type: 'bytes', length: count });
      case Marker.dictionary:
        reader.skip(1); // weak-keys
        return this.dictionary(count, depth);
      default:
        return this.vector(marker, count, depth);
    }
  }

  private array(count: number, depth: number): AmfValue {
    const members: AmfMember[] = [];
    while (this.budget.fault === null) {
      const name = this.string();
      if (name === '' || this.reader.isTruncated) break;
      this.member(members, name, depth);
    }
    const items: AmfValue[] = [];
    for (let i = 0; i < count && this.isReadable; i += 1) {
      const value = this.value(depth + 1);
      if (value) items.push(value);
    }
    if (members.length === 0) return { type: 'array', items };
    const numbered = items.map((value, i): AmfMember => ({ name: String(i), value }));
    return { type: 'object', className: '', isArray: true, members: [...members, ...numbered] };
  }

  private object(word: number, depth: number): AmfValue {
    const traits = this.readTraits(word);
    const members: AmfMember[] = [];
    if (traits.isExternalizable) {
      if (wrappers.has(traits.className)) this.member(members, 'source', depth);
      else this.budget.fail(`the class ${traits.className} has a form of its own`);
    }
    for (const name of traits.names) {
      if (!this.isReadable) break;
      this.member(members, name, depth);
    }
    while (traits.isDynamic && this.isReadable) {
      const name = this.string();
      if (name === '') break;
      this.member(members, name, depth);
    }
    return { type: 'object', className: traits.className, isArray: false, members };
  }

  /** U29O-traits-ref or U29O-traits with what follows (section 3.12). */
  private readTraits(word: number): Traits {
    const none: Traits = { className: '', isDynamic: false, isExternalizable: false, names: [] };
    if ((word & 2) === 0) {
      const known = this.traits[word >>> 2];
      if (!known) this.budget.fail('it refers to traits that were not defined');
      return known ?? none;
    }
    const isExternalizable = (word & 4) !== 0;
    const className = this.string();
    const names: string[] = [];
    const count = isExternalizable ? 0 : word >>> 4;
    for (let i = 0; i < count && this.isReadable; i += 1) {
      if (!this.budget.spend(0)) break;
      names.push(this.string());
    }
    const traits = { className, isDynamic: !isExternalizable && (word & 8) !== 0, isExternalizable, names };
    this.traits.push(traits);
    return traits;
  }

  private dictionary(count: number, depth: number): AmfValue {
    const items: AmfValue[] = [];
    for (let i = 0; i < 2 * count && this.isReadable; i += 1) {
      const value = this.value(depth + 1);
      if (value) items.push(value);
    }
    return { type: 'array', items };
  }

  private vector(marker: number, count: number, depth: number): AmfValue {
    const { reader } = this;
    reader.skip(1); // fixed-vector
    if (marker === Marker.vectorObject) this.string(); // object-type-name
    const items: AmfValue[] = [];
    for (let i = 0; i < count && this.isReadable; i += 1) {
      if (marker === Marker.vectorObject) {
        const value = this.value(depth + 1);
        if (value) items.push(value);
      } else if (this.budget.spend(depth + 1)) {
        const value = this.element(marker);
        if (reader.isTruncated) break;
        items.push({ type: 'number', value });
      }
    }
    this.whole({ type: 'null' });
    return { type: 'array', items };
  }

  private element(marker: number): number {
    if (marker === Marker.vectorDouble) return f64be(this.reader.borrow(8));
    const value = this.reader.u32be();
    return marker === Marker.vectorInt ? value | 0 : value;
  }

  private member(members: AmfMember[], name: string, depth: number): void {
    const value = this.value(depth + 1);
    if (value) members.push({ name, value });
  }

  private get isReadable(): boolean {
    return this.budget.fault === null && this.whole({ type: 'null' }) !== null;
  }

  /** UTF-8-vr (section 1.3.2): inline, or a reference to an earlier one that was not empty. */
  private string(): string {
    const word = this.u29();
    if ((word & 1) === 0) {
      const known = this.strings[word >>> 1];
      if (known === undefined) this.budget.fail('it refers to a string that was not defined');
      return known ?? '';
    }
    const text = this.reader.utf8(word >>> 1);
    if (text !== '') this.strings.push(text);
    return text;
  }

  /** U29 (section 1.3.1). */
  private u29(): number {
    let value = 0;
    for (let i = 0; i < 3; i += 1) {
      const byte = this.reader.u8();
      value = (value << 7) | (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    return (value << 8) | this.reader.u8();
  }

  private whole(value: AmfValue): AmfValue | null {
    if (!this.reader.isTruncated) return value;
    this.budget.fail('it breaks off');
    return null;
  }
}
