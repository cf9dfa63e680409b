import {
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { RowScroll } from '../row-scroll';
import { useElementSize } from '../use-element-size';
import styles from './HexView.module.css';

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

interface HexViewProps {
  readonly bytes: Uint8Array;
  readonly label: string;
  /** Bytes that are marked. */
  readonly marked: ByteRange | null;
  /** The user pointed at a byte, or went there by keyboard. */
  readonly onByte: (offset: number) => void;
  /** Ctrl+C. */
  readonly onCopy: () => void;
}

const rowHeight = 18;
/** Pixels that sixteen bytes take with their text. */
const wideFrom = 540;

/** Bytes as hexadecimal and as text, of any number. */
export function HexView({ bytes, label, marked, onByte, onCopy }: HexViewProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const perRow = useElementSize(scroller, { width: wideFrom, height: 200 }).width >= wideFrom ? 16 : 8;
  const [scroll] = useState(() => new RowScroll(rowHeight, 0));
  const view = useSyncExternalStore(scroll.subscribe, scroll.getView);
  const count = Math.ceil(bytes.length / perRow);
  const offsetDigits = bytes.length > 0x10000 ? 6 : 4;
  useEffect(() => (scroller.current ? scroll.attach(scroller.current) : undefined), [scroll]);
  useLayoutEffect(() => scroll.setCount(count), [scroll, count]);
  useLayoutEffect(() => scroll.settle(), [scroll, view.bodyHeight]);

  const markedFrom = marked && marked.length > 0 ? marked.offset : -1;
  const showMarked = useEffectEvent(() => {
    if (markedFrom >= 0) scroll.scrollToIndex(Math.floor(markedFrom / perRow));
  });
  useEffect(() => showMarked(), [markedFrom, bytes]);

  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    const at = event.target instanceof HTMLElement ? event.target.dataset.at : undefined;
    if (at !== undefined && event.button === 0) onByte(Number(at));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const at = Math.max(0, markedFrom);
    const moves: Record<string, number> = {
      ArrowLeft: at - 1,
      ArrowRight: markedFrom < 0 ? 0 : at + Math.max(1, marked?.length ?? 1),
      ArrowUp: at - perRow,
      ArrowDown: at + perRow,
      Home: 0,
      End: bytes.length - 1,
    };
    if (event.key in moves && bytes.length > 0) onByte(Math.min(bytes.length - 1, Math.max(0, moves[event.key])));
    else if (event.key.toLowerCase() === 'c' && (event.ctrlKey || event.metaKey)) onCopy();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const rows = Array.from({ length: Math.max(0, view.last - view.first + 1) }, (_, i) => view.first + i);
  const isMarked = (at: number): true | undefined =>
    (marked !== null && at >= marked.offset && at < marked.offset + marked.length) || undefined;
  return (
    <div
      ref={scroller}
      className={styles.scroller}
      role="group"
      aria-label={label}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
    >
      <div className={styles.body} style={{ height: view.bodyHeight }}>
        {rows.map((row) => {
          const start = row * perRow;
          const offsets = Array.from({ length: Math.min(perRow, bytes.length - start) }, (_, i) => start + i);
          return (
            <div
              key={row}
              className={styles.row}
              style={{ transform: `translateY(${row * rowHeight + view.shift}px)` }}
            >
              <span className={styles.offset}>{start.toString(16).padStart(offsetDigits, '0')}</span>
              <span className={styles.hex} style={{ width: `${perRow * 3 + (perRow > 8 ? 1 : 0)}ch` }}>
                {offsets.map((at) => (
                  <span key={at} data-at={at} data-marked={isMarked(at)} data-middle={at - start === 8 || undefined}>
                    {bytes[at].toString(16).padStart(2, '0')}
                  </span>
                ))}
              </span>
              <span className={styles.text}>
                {offsets.map((at) => (
                  <span key={at} data-at={at} data-marked={isMarked(at)}>
                    {printable(bytes[at])}
                  </span>
                ))}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·';
}
