import { ExtentReader } from '../../bytes/extent-reader';
import { type AddressedBytes, type ExtentColumns, Extents } from '../../bytes/extents';
import { utf8Text } from '../../bytes/text';

/** A title that an Icecast or SHOUTcast server sent between the sound. */
export interface IcyTitle {
  /** Bytes of sound before it. */
  readonly position: number;
  readonly title: string;
}

export interface IcyContent {
  /** The sound without what lies between. */
  readonly sound: Extents;
  readonly titles: readonly IcyTitle[];
}

const maxTitles = 10_000;

/**
 * Takes the metadata out of a stream: after every `interval` bytes of sound come a length in units of 16 bytes and so
 * many bytes of `StreamTitle='...';` (the ICY protocol of SHOUTcast, as Icecast has it with `icy-metaint`). Holes keep
 * their length, so that counting goes on behind them.
 */
export function readIcy(source: AddressedBytes, extents: ExtentColumns, interval: number): IcyContent {
  const reader = new ExtentReader(source, extents);
  const sound = new Extents();
  const titles: IcyTitle[] = [];
  let at = 0;
  while (at < reader.size) {
    const piece = Math.min(interval, reader.size - at);
    reader.pushTo(sound, at, piece);
    at += piece;
    const [units = 0] = reader.read(at, 1);
    const length = 16 * units;
    if (
      length > 0 &&
      titles.length < maxTitles &&
      reader.missingIn(at + 1, Math.min(length, reader.size - at - 1)) === 0
    ) {
      const text = utf8Text(reader.read(at + 1, length));
      const title = /StreamTitle='(.*?)';/.exec(text)?.[1];
      if (title) titles.push({ position: sound.total, title });
    }
    at += 1 + length;
  }
  return { sound, titles };
}
