import type { BodyPlan } from './http1-handler';
import { fieldValue, type HttpField, type HttpHead, listValues } from './message';

/** What a head says of its body. */
export interface BodyFacts {
  readonly plan: BodyPlan;
  readonly announced: number | null;
  /** Transfer codings within `chunked`, then content codings: all that are to be undone, in the order applied. */
  readonly codings: readonly string[];
  /** Content-Length fields contradict each other or are no numbers. */
  readonly isLengthWrong: boolean;
}

/** `x-gzip` is `gzip` (RFC 9110, section 8.4.1.3). */
const canonical: Readonly<Record<string, string>> = {
  'x-gzip': 'gzip',
  'x-deflate': 'deflate',
  'x-compress': 'compress',
};

export function contentCodings(fields: readonly HttpField[]): string[] {
  return listValues(fields, 'content-encoding')
    .filter((coding) => coding !== 'identity')
    .map((coding) => canonical[coding] ?? coding);
}

/** How long the body of a request is (RFC 9112, section 6.3). */
export function requestBody(head: HttpHead): BodyFacts {
  const facts = framingOf(head);
  const { plan } = facts;
  const isTunnel = head.method === 'CONNECT';
  const then = isTunnel || isUpgrade(head.fields) ? 'hold' : 'message';
  if (isTunnel) return { ...facts, plan: { framing: 'none', length: 0, isDoubtful: false, then } };
  // A source of Icecast sends until it closes; other requests without a length have no body.
  if (plan.framing === 'close') {
    const framing = isSource(head) ? 'close' : 'none';
    return { ...facts, plan: { framing, length: 0, isDoubtful: false, then } };
  }
  return { ...facts, plan: { ...plan, isDoubtful: false, then } };
}

/** How long the body of a response to `method` is; null when the request is not known. */
export function responseBody(head: HttpHead, method: string | null): BodyFacts {
  const facts = framingOf(head);
  const none: BodyPlan = { framing: 'none', length: 0, isDoubtful: false, then: 'message' };
  const { status } = head;
  if (status === 101) return { ...facts, plan: { ...none, then: 'raw' } };
  if (method === 'CONNECT' && status >= 200 && status < 300) return { ...facts, plan: { ...none, then: 'raw' } };
  const hasNone = method === 'HEAD' || status < 200 || status === 204 || status === 304;
  if (hasNone) return { ...facts, plan: none };
  // A source is told `200 OK` at once, and nothing more.
  if (method === 'SOURCE' && facts.plan.framing === 'close') return { ...facts, plan: none };
  const isDoubtful = facts.plan.framing === 'close' || (facts.plan.framing === 'length' && method === null);
  return { ...facts, plan: { ...facts.plan, isDoubtful } };
}

/** Asks for another protocol on the connection (RFC 9110, section 7.8). */
export const isUpgrade = (fields: readonly HttpField[]): boolean =>
  fieldValue(fields, 'upgrade') !== null && listValues(fields, 'connection').includes('upgrade');

const isSource = ({ method, fields }: HttpHead): boolean =>
  method === 'SOURCE' || (method === 'PUT' && fields.some(({ name }) => /^(ice|icy)-/i.test(name)));

function framingOf(head: HttpHead): BodyFacts {
  const { fields } = head;
  const transfer = listValues(fields, 'transfer-encoding').filter((coding) => coding !== 'identity');
  const isChunked = transfer.at(-1) === 'chunked';
  const inner = (isChunked ? transfer.slice(0, -1) : transfer).map((coding) => canonical[coding] ?? coding);
  const codings = [...contentCodings(fields), ...inner];
  const base = { isDoubtful: false, then: 'message' as const };
  // Transfer-Encoding overrides Content-Length (RFC 9112, section 6.3).
  if (transfer.length > 0) {
    const framing = isChunked ? 'chunked' : 'close';
    return { plan: { ...base, framing, length: 0 }, announced: null, codings, isLengthWrong: false };
  }
  const lengths = listValues(fields, 'content-length');
  const numbers = lengths.map((text) => (/^\d{1,15}$/.test(text) ? Number(text) : -1));
  const known = numbers.find((length) => length >= 0);
  const isLengthWrong = numbers.some((length) => length !== numbers[0] || length < 0);
  if (known === undefined) {
    return { plan: { ...base, framing: 'close', length: 0 }, announced: null, codings, isLengthWrong };
  }
  return { plan: { ...base, framing: 'length', length: known }, announced: known, codings, isLengthWrong };
}
