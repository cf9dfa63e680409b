/** Writes captures for tests: what is asked for, right or wrong. */

interface TestRecord {
  readonly bytes: Uint8Array;
  /** Nanoseconds since 1970. */
  readonly timeNs?: bigint;
  readonly wireLength?: number;
  /** Claimed captured length, when it shall lie. */
  readonly capturedLength?: number;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Integers of `size` bytes each. */
export function integers(
  isLittle: boolean,
  ...fields: readonly (readonly [size: 1 | 2 | 4 | 8, value: number | bigint])[]
): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 1) view.setUint8(at, Number(value));
    else if (size === 2) view.setUint16(at, Number(value), isLittle);
    else if (size === 4) view.setUint32(at, Number(value), isLittle);
    else view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), isLittle);
    at += size;
  }
  return bytes;
}

interface PcapOptions {
  readonly isLittle?: boolean;
  readonly isNano?: boolean;
  readonly snapLength?: number;
  readonly linkType?: number;
}

/** A pcap file. */
export function buildPcap(records: readonly TestRecord[], options: PcapOptions = {}): Uint8Array {
  const { isLittle = true, isNano = false, snapLength = 262_144, linkType = 1 } = options;
  const magic = isNano ? 0xa1b23c4d : 0xa1b2c3d4;
  const header = integers(isLittle, [4, magic], [2, 2], [2, 4], [4, 0], [4, 0], [4, snapLength], [4, linkType]);
  return concat(header, ...records.map((record) => pcapRecord(record, isLittle, isNano)));
}

export function pcapRecord(record: TestRecord, isLittle = true, isNano = false): Uint8Array {
  const { bytes, timeNs = 0n, wireLength = bytes.length, capturedLength = bytes.length } = record;
  const fraction = (timeNs % 1_000_000_000n) / (isNano ? 1n : 1000n);
  return concat(
    integers(isLittle, [4, timeNs / 1_000_000_000n], [4, fraction], [4, capturedLength], [4, wireLength]),
    bytes,
  );
}

/** A snoop file of version 2 (RFC 1761); `drops` are counted up to the last record. */
export function buildSnoop(
  records: readonly TestRecord[],
  { dataLink = 4, drops = 0 }: { readonly dataLink?: number; readonly drops?: number } = {},
): Uint8Array {
  const header = concat(new TextEncoder().encode('snoop\0\0\0'), integers(false, [4, 2], [4, dataLink]));
  const parts = records.map(({ bytes, timeNs = 0n, wireLength = bytes.length }) =>
    concat(
      integers(
        false,
        [4, wireLength],
        [4, bytes.length],
        [4, padded(bytes).length + 24],
        [4, drops],
        [4, timeNs / 1_000_000_000n],
        [4, (timeNs % 1_000_000_000n) / 1000n],
      ),
      padded(bytes),
    ),
  );
  return concat(header, ...parts);
}

/** A file of Microsoft Network Monitor. */
export function buildNetmon(records: readonly TestRecord[], major: number, minor: number): Uint8Array {
  const startMs = (records[0]?.timeNs ?? 0n) / 1_000_000n;
  const date = new Date(Number(startMs));
  const parts: Uint8Array[] = [];
  const offsets: number[] = [];
  let at = 128;
  for (const { bytes, timeNs = 0n, wireLength = bytes.length } of records) {
    offsets.push(at);
    const sinceNs = timeNs - startMs * 1_000_000n;
    const ticks = timeNs / 100n + 116_444_736_000_000_000n;
    const trailer = [
      ...(minor >= 1 ? ([[2, 1]] as const) : []),
      ...(minor >= 2 ? ([[4, 0]] as const) : []),
      ...(minor >= 3
        ? ([
            [8, ticks],
            [1, 0],
          ] as const)
        : []),
    ];
    const part =
      major === 1
        ? concat(integers(true, [4, sinceNs / 1_000_000n], [2, wireLength], [2, bytes.length]), bytes)
        : concat(
            // Rounded down to the start, as the tests compare whole milliseconds.
            integers(true, [8, (sinceNs / 1_000_000n) * 1000n], [4, wireLength], [4, bytes.length]),
            bytes,
            integers(true, ...trailer),
          );
    parts.push(part);
    at += part.length;
  }
  const table = integers(true, ...offsets.map((offset) => [4, offset] as const));
  const header = concat(
    new TextEncoder().encode(major === 1 ? 'RTSS' : 'GMBU'),
    integers(
      true,
      [1, minor],
      [1, major],
      [2, 1],
      [2, date.getUTCFullYear()],
      [2, date.getUTCMonth() + 1],
      [2, date.getUTCDay()],
      [2, date.getUTCDate()],
      [2, date.getUTCHours()],
      [2, date.getUTCMinutes()],
      [2, date.getUTCSeconds()],
      [2, date.getUTCMilliseconds()],
      [4, at],
      [4, table.length],
    ),
    new Uint8Array(96),
  );
  return concat(header, ...parts, table);
}

/** Ethernet records of Endace, on two ports in turn, with a padding record between them. */
export function buildErf(records: readonly TestRecord[], { lost = 0 }: { readonly lost?: number } = {}): Uint8Array {
  const record = (type: number, flags: number, timeNs: bigint, loss: number, wireLength: number, body: Uint8Array) =>
    concat(
      integers(
        true,
        [4, ((timeNs % 1_000_000_000n) << 32n) / 1_000_000_000n],
        [4, timeNs / 1_000_000_000n],
        [1, type],
        [1, flags],
      ),
      integers(false, [2, 16 + body.length], [2, loss], [2, wireLength]),
      body,
    );
  return concat(
    ...records.flatMap(({ bytes, timeNs = 0n, wireLength = bytes.length }, i) => [
      record(48, 0, 0n, 0, 0, new Uint8Array(8)),
      record(2, i & 1, timeNs, i === 1 ? lost : 0, wireLength, concat(new Uint8Array(2), padded(bytes))),
    ]),
  );
}

type Option = readonly [code: number, value: Uint8Array];

/** Blocks of one section of a pcapng file. */
export class PcapngBuilder {
  constructor(private readonly isLittle = true) {}

  /** A block of any type with right lengths, its body padded. */
  block(type: number, ...body: readonly Uint8Array[]): Uint8Array {
    const inner = padded(concat(...body));
    const length = inner.length + 12;
    return concat(integers(this.isLittle, [4, type], [4, length]), inner, integers(this.isLittle, [4, length]));
  }

  section(options: readonly Option[] = [], major = 1): Uint8Array {
    const body = integers(this.isLittle, [4, 0x1a2b3c4d], [2, major], [2, 0], [8, -1n]);
    return this.block(0x0a0d0d0a, body, this.options(options));
  }

  interface(linkType = 1, options: readonly Option[] = [], snapLength = 0): Uint8Array {
    return this.block(1, integers(this.isLittle, [2, linkType], [2, 0], [4, snapLength]), this.options(options));
  }

  /** An enhanced packet; `ticks` in the resolution of the interface. */
  packet(
    bytes: Uint8Array,
    ticks: bigint,
    interfaceId = 0,
    lengths: { captured?: number; wire?: number } = {},
    options: readonly Option[] = [],
  ): Uint8Array {
    const { captured = bytes.length, wire = bytes.length } = lengths;
    const header = integers(
      this.isLittle,
      [4, interfaceId],
      [4, (ticks >> 32n) & 0xffff_ffffn],
      [4, ticks & 0xffff_ffffn],
      [4, captured],
      [4, wire],
    );
    return this.block(6, header, padded(bytes), this.options(options));
  }

  /** The obsolete packet block. */
  oldPacket(bytes: Uint8Array, ticks: bigint, interfaceId = 0): Uint8Array {
    const header = integers(
      this.isLittle,
      [2, interfaceId],
      [2, 0],
      [4, ticks >> 32n],
      [4, ticks & 0xffff_ffffn],
      [4, bytes.length],
      [4, bytes.length],
    );
    return this.block(2, header, padded(bytes));
  }

  simplePacket(bytes: Uint8Array, wireLength = bytes.length): Uint8Array {
    return this.block(3, integers(this.isLittle, [4, wireLength]), padded(bytes));
  }

  statistics(interfaceId: number, options: readonly Option[]): Uint8Array {
    return this.block(5, integers(this.isLittle, [4, interfaceId], [8, 0]), this.options(options));
  }

  secrets(type: number, secrets: Uint8Array): Uint8Array {
    return this.block(10, integers(this.isLittle, [4, type], [4, secrets.length]), padded(secrets));
  }

  /** Records of a name resolution block: type of the address, its bytes, its names. */
  names(
    ...records: readonly (readonly [type: number, address: Uint8Array, ...names: readonly string[]])[]
  ): Uint8Array {
    const parts = records.map(([type, address, ...names]) => {
      const value = concat(address, ...names.map((name) => new TextEncoder().encode(`${name}\0`)));
      return concat(integers(this.isLittle, [2, type], [2, value.length]), padded(value));
    });
    return this.block(4, ...parts, new Uint8Array(4));
  }

  option(code: number, size: 1 | 2 | 4 | 8, value: number | bigint): Option {
    return [code, integers(this.isLittle, [size, value])];
  }

  options(list: readonly Option[]): Uint8Array {
    if (list.length === 0) return new Uint8Array(0);
    const parts = list.map(([code, value]) =>
      concat(integers(this.isLittle, [2, code], [2, value.length]), padded(value)),
    );
    return concat(...parts, new Uint8Array(4));
  }
}

function padded(bytes: Uint8Array): Uint8Array {
  return concat(bytes, new Uint8Array(-bytes.length & 3));
}
