import type { DecodeAsRule } from '#shared/model/decode-as';
import type { StreamRow } from '#shared/model/stream';
import type { TableRow } from '#shared/query/table-query';

/** What the dialog shows of one UDP conversation. */
export interface Flow {
  readonly id: string;
  readonly endA: string;
  readonly endB: string;
  readonly portA: number;
  readonly portB: number;
  readonly packets: number;
  /** What the conversation was taken for, and why; null when unknown. */
  readonly protocol: string | null;
  readonly reason: string | null;
  readonly streams: readonly StreamRow[];
  readonly rule: DecodeAsRule | null;
  /** Port that a new rule names: the one that fewer conversations share. */
  readonly port: number;
}

/** Joins conversations with the streams in them and with what was said of their ports. */
export function flowsOf(
  conversations: readonly TableRow[],
  streams: readonly StreamRow[],
  rules: readonly DecodeAsRule[],
): Flow[] {
  const uses = new Map<number, number>();
  for (const { portA, portB } of conversations) {
    for (const port of [Number(portA), Number(portB)]) uses.set(port, (uses.get(port) ?? 0) + 1);
  }
  return conversations.map((row) => {
    const portA = Number(row.portA);
    const portB = Number(row.portB);
    const endA = endOf(String(row.addressA), portA);
    const endB = endOf(String(row.addressB), portB);
    const rule = rules.find(({ port }) => port === portA || port === portB) ?? null;
    return {
      id: row.id,
      endA,
      endB,
      portA,
      portB,
      packets: Number(row.packets),
      protocol: typeof row.protocol === 'string' ? row.protocol : null,
      reason: typeof row.reason === 'string' ? row.reason : null,
      streams: streams.filter(({ src, dst }) => (src === endA && dst === endB) || (src === endB && dst === endA)),
      rule,
      port: rule?.port ?? ((uses.get(portB) ?? 0) < (uses.get(portA) ?? 0) ? portB : portA),
    };
  });
}

/** What was said with one thing changed: a rule in place of that of its port, or none. */
export function withRule(
  rules: readonly DecodeAsRule[],
  replaced: DecodeAsRule | null,
  rule: DecodeAsRule | null,
): DecodeAsRule[] {
  const others = rules.filter(({ port }) => port !== replaced?.port && port !== rule?.port);
  return rule ? [...others, rule] : others;
}

function endOf(address: string, port: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}
