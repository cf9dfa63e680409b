export interface TestSample {
  readonly size: number;
  readonly duration: number;
  readonly shift: number;
  readonly isKey: boolean;
}

const u32 = (value: number): number[] => [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
const u16 = (value: number): number[] => [value >>> 8, value & 0xff];
const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));
const zeros = (count: number): number[] => new Array<number>(count).fill(0);

function box(type: string, ...parts: readonly number[][]): number[] {
  const body = parts.flat();
  return [...u32(8 + body.length), ...ascii(type), ...body];
}

/** A fragmented file with one H.264 track of 320x240 at 90 kHz; each entry of `fragments` is one movie fragment. */
export function fragmentedFile(fragments: readonly (readonly TestSample[])[]) {
  const avcC = box('avcC', [1, 66, 0, 30]);
  const avc1 = box('avc1', zeros(24), u16(320), u16(240), zeros(50), avcC);
  const stbl = box('stbl', box('stsd', u32(0), u32(1), avc1));
  const mdia = box(
    'mdia',
    box('mdhd', u32(0), u32(0), u32(0), u32(90_000), u32(0), u32(0)),
    box('hdlr', u32(0), u32(0), ascii('vide'), zeros(13)),
    box('minf', stbl),
  );
  const trak = box('trak', box('tkhd', u32(0), u32(0), u32(0), u32(1), zeros(68)), mdia);
  const trex = box('trex', u32(0), u32(1), u32(1), u32(0), u32(0), u32(0));
  const moov = box('moov', box('mvhd', u32(0), u32(0), u32(0), u32(1000), zeros(84)), trak, box('mvex', trex));
  const file = [...box('ftyp', ascii('iso6'), u32(0)), ...moov];
  const payload: number[] = [];
  const starts: number[] = [];
  let ticks = 0;
  for (const samples of fragments) {
    starts.push(file.length);
    const media = samples.flatMap(({ size }, i) => Array.from({ length: size }, (_, k) => (k + 7 * i) & 0xff));
    const moofOf = (offset: number): number[] => {
      const rows = samples.flatMap(({ size, duration, shift, isKey }) => [
        ...u32(duration),
        ...u32(size),
        ...u32(isKey ? 0x0200_0000 : 0x0101_0000),
        ...u32(shift),
      ]);
      const trun = box('trun', u32(0xf01), u32(samples.length), u32(offset), rows);
      const tfhd = box('tfhd', u32(0x2_0000), u32(1));
      const tfdt = box('tfdt', u32(0), u32(ticks));
      return box('moof', box('mfhd', u32(0), u32(starts.length)), box('traf', tfhd, tfdt, trun));
    };
    const length = moofOf(0).length;
    file.push(...moofOf(length + 8), ...box('mdat', media));
    payload.push(...media);
    ticks += samples.reduce((sum, { duration }) => sum + duration, 0);
  }
  return { file: Uint8Array.from(file), payload, starts };
}
