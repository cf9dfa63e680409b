import { u32be, u32le } from '../bytes/integers';
import { BLOCK_FRAME, BYTE_ORDER_MAGIC, BlockType, isKnownBlock } from './pcapng-blocks';
import type { SourceWindow } from './window';

/** Blocks up to this length are taken for honest ones even where something else is wrong. */
export const ORDINARY_BLOCK = 1024 * 1024;
/** How far to look for the next block behind a bad one. */
export const SEARCH_LIMIT = 16 * 1024 * 1024;

/** File offset of the first block at `from` or behind it in steps of 4; -1 when there is none near. */
export function findBlock(window: SourceWindow, from: number, isLittle: boolean): number {
  const last = Math.min(window.size - BLOCK_FRAME, from + SEARCH_LIMIT);
  for (let offset = from; offset <= last; offset += 4) {
    if (isBlockAt(window, offset, isLittle)) return offset;
  }
  return -1;
}

/** Whether a block of a known type with two equal lengths lies at `offset`, in a section of this byte order. */
export function isBlockAt(window: SourceWindow, offset: number, isLittle: boolean): boolean {
  // Loaded with what it may refer to, so that looking ahead never makes the window slide back.
  const view = Math.min(ORDINARY_BLOCK, window.size - offset);
  if (view < BLOCK_FRAME) return false;
  const at = window.load(offset, view);
  if (at < 0) return false;
  const bytes = window.bytes;
  let u32 = isLittle ? u32le : u32be;
  const type = u32(bytes, at);
  if (!isKnownBlock(type)) return false;
  if (type === BlockType.sectionHeader) {
    u32 = u32le(bytes, at + 8) === BYTE_ORDER_MAGIC ? u32le : u32be;
    if (u32(bytes, at + 8) !== BYTE_ORDER_MAGIC) return false;
  }
  const length = u32(bytes, at + 4);
  if (length < BLOCK_FRAME || length > view || length % 4 !== 0) return false;
  return u32(bytes, at + length - 4) === length;
}
