/** The part of a packet row that its place depends on. */
export interface TimedRow {
  readonly id: string;
  readonly timeSeconds: number;
}

export interface TimedPage {
  readonly totalRows: number;
  readonly rows: readonly TimedRow[];
}

export interface LocatedPacket {
  readonly id: string;
  readonly index: number;
}

const pageSize = 100;
/** Each page at least halves what is left: enough for more packets than a stream can have. */
const mostPages = 40;

/**
 * Finds the packet nearest to a time without reading all of them. Packets of a stream come evenly, so that the first
 * guess is mostly right; where they do not, each page narrows the search. Null when there are none or `fetchPage` failed.
 *
 * @param fetchPage rows in capture order
 * @param range first and last arrival of the stream, seconds
 */
export async function locatePacket(
  fetchPage: (offset: number, limit: number) => Promise<TimedPage | null>,
  seconds: number,
  packets: number,
  range: readonly [number, number],
): Promise<LocatedPacket | null> {
  let low = { index: 0, time: range[0] };
  let high = { index: Math.max(0, packets - 1), time: range[1] };
  for (let page = 0; page < mostPages; page++) {
    const share = high.time > low.time ? (seconds - low.time) / (high.time - low.time) : 0;
    // Every other guess halves, so that uneven streams cannot make this slow.
    const fraction = page % 2 === 0 ? Math.min(1, Math.max(0, share)) : 0.5;
    const guess = Math.round(low.index + fraction * (high.index - low.index));
    const offset = Math.max(0, guess - pageSize / 2);
    const answer = await fetchPage(offset, pageSize);
    if (!answer || answer.rows.length === 0) return null;
    const { rows } = answer;
    const first = rows[0];
    const last = rows[rows.length - 1];
    const end = offset + rows.length;
    if (seconds < first.timeSeconds && offset > low.index) high = { index: offset, time: first.timeSeconds };
    else if (seconds > last.timeSeconds && end <= Math.min(high.index, answer.totalRows - 1)) {
      low = { index: end - 1, time: last.timeSeconds };
    } else return nearest(rows, offset, seconds);
  }
  return null;
}

function nearest(rows: readonly TimedRow[], offset: number, seconds: number): LocatedPacket {
  let best = 0;
  for (let index = 1; index < rows.length; index++) {
    if (Math.abs(rows[index].timeSeconds - seconds) < Math.abs(rows[best].timeSeconds - seconds)) best = index;
  }
  return { id: rows[best].id, index: offset + best };
}
