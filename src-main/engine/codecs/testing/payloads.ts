import type { AccessUnit, CodecParameters } from '../definition';
import { findCodec } from '../index';
import { bytesOf, collect, packetsOf } from './video-packets';

/** What a format makes of payloads: `[timestamp, bytes, marker]`, none lost. */
export function unitsOf(
  id: string,
  payloads: readonly (readonly [timestamp: number, bytes: readonly number[], marker?: boolean])[],
  parameters: Partial<CodecParameters> = {},
): AccessUnit[] {
  const create = findCodec(id)?.createDepacketizer;
  if (!create) throw new Error(`${id} has no depacketizer`);
  const instance = create({ clockRateHz: 90_000, channels: 1, ...parameters });
  const items = payloads.map(([timestamp, bytes, marker = false]) => ({ timestamp, payload: bytesOf(bytes), marker }));
  return collect(instance, packetsOf(items));
}

/** What the bits of these access units say. */
export function describeUnits(id: string, units: readonly AccessUnit[], fmtp?: string) {
  const inspector = findCodec(id)?.createInspector?.({ clockRateHz: 90_000, channels: 1, fmtp });
  for (const unit of units) inspector?.push(unit);
  return inspector ?? null;
}

/** Units as plain numbers, for comparison. */
export const plain = (units: readonly AccessUnit[]): number[][][] =>
  units.map((unit) => unit.units.map((bytes) => [...bytes]));
