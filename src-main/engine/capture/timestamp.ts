/** Times of one capture as nanoseconds since its first frame: seconds and nanoseconds in, an exact number out. */
export class CaptureClock {
  private firstSeconds = 0;
  private firstNanos = 0;
  private hasFirst = false;
  /** Time of the last frame, for frames that carry none. */
  lastNs = 0;

  /** Nanoseconds since the first time given, exact up to 2^53 ns; the first call sets the origin. */
  relative(seconds: number, nanos: number): number {
    if (!this.hasFirst) {
      this.hasFirst = true;
      this.firstSeconds = seconds;
      this.firstNanos = nanos;
    }
    const ns = (seconds - this.firstSeconds) * 1e9 + (nanos - this.firstNanos);
    this.lastNs = ns;
    return ns;
  }

  /** The origin in nanoseconds since 1970; null before the first call of `relative`. */
  get originNs(): bigint | null {
    return this.hasFirst ? BigInt(this.firstSeconds) * 1_000_000_000n + BigInt(this.firstNanos) : null;
  }
}

/**
 * Turns the 64-bit time stamps of a pcapng interface into seconds and nanoseconds, without BigInt
 * (draft-ietf-opsawg-pcapng, section 4.2, options if_tsresol and if_tsoffset). What is finer than a
 * nanosecond is cut off.
 */
export class TimeScale {
  seconds = 0;
  nanos = 0;
  private readonly isBinary: boolean;
  private readonly exponent: number;

  /**
   * @param resolution value of if_tsresol: a negative power of 10, or of 2 when the top bit is set
   * @param offsetSeconds value of if_tsoffset
   */
  constructor(
    resolution = 6,
    private readonly offsetSeconds = 0,
  ) {
    this.isBinary = (resolution & 0x80) !== 0;
    this.exponent = resolution & 0x7f;
  }

  /** Whether 64 bits of such units make sense: at least one second fits in. */
  static isSupported(resolution: number): boolean {
    return (resolution & 0x7f) <= (resolution & 0x80 ? 63 : 19);
  }

  /** Puts the time of `high * 2^32 + low` units into `seconds` and `nanos`. */
  split(high: number, low: number): void {
    if (this.isBinary) this.splitBinary(high, low);
    else this.splitDecimal(high, low);
    this.seconds += this.offsetSeconds;
  }

  private splitDecimal(high: number, low: number): void {
    let h = high;
    let l = low;
    let exponent = this.exponent;
    while (exponent > 9) {
      // Schoolbook division by 10^k in 16-bit digits: every intermediate stays below 2^46.
      const k = Math.min(exponent - 9, 9);
      const divisor = POWERS_OF_TEN[k];
      const upper = (h % divisor) * 0x10000 + (l >>> 16);
      const lower = (upper % divisor) * 0x10000 + (l & 0xffff);
      h = Math.floor(h / divisor);
      l = Math.floor(upper / divisor) * 0x10000 + Math.floor(lower / divisor);
      exponent -= k;
    }
    const units = POWERS_OF_TEN[exponent];
    // The quotient of doubles is off by one at most; the low 32 bits of the remainder tell which way.
    let seconds = Math.floor((h * 0x1_0000_0000 + l) / units);
    let rest = (l - Math.imul(seconds % 0x1_0000_0000, units)) >>> 0;
    if (rest >= 0xc000_0000) {
      rest = rest - 0x1_0000_0000 + units;
      seconds -= 1;
    } else if (rest >= units) {
      rest -= units;
      seconds += 1;
    }
    this.seconds = seconds;
    this.nanos = rest * POWERS_OF_TEN[9 - exponent];
  }

  private splitBinary(high: number, low: number): void {
    // Fractions are kept to 32 bits; 10^9 / 2^32 = 1953125 / 2^23, and 2^32 * 1953125 is below 2^53.
    const exponent = this.exponent;
    let fraction: number;
    if (exponent <= 32) {
      const units = 2 ** exponent;
      this.seconds = high * 2 ** (32 - exponent) + Math.floor(low / units);
      fraction = (low % units) * 2 ** (32 - exponent);
    } else {
      const units = 2 ** (exponent - 32);
      this.seconds = Math.floor(high / units);
      fraction = (high % units) * 2 ** (64 - exponent) + Math.floor(low / units);
    }
    this.nanos = Math.floor((fraction * 1_953_125) / 2 ** 23);
  }
}

const POWERS_OF_TEN = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
