import { formatEndpoint } from '../../net/endpoint';
import type { TableDefinition } from '#shared/model/table';
import type { TableRow } from '#shared/query/table-query';
import { type ExchangeRecord, endNs, firstFrameOf, startNs } from './exchange-record';

export const exchangeId = (index: number): string => `http-${index + 1}`;

/** Index of an exchange by its id; -1 when it is none. */
export function exchangeIndex(id: string): number {
  const match = /^http-(\d{1,15})$/.exec(id);
  return match ? Number(match[1]) - 1 : -1;
}

export const exchangeTable: TableDefinition = {
  id: 'exchanges',
  title: 'HTTP',
  columns: [
    { id: 'frame', title: 'Frame', kind: 'integer', width: 70, description: 'First frame of the request.' },
    { id: 'timeSeconds', title: 'Time', kind: 'seconds', width: 90, aliases: ['time'] },
    { id: 'client', title: 'Client', kind: 'address', width: 160, aliases: ['src'] },
    { id: 'server', title: 'Server', kind: 'address', width: 160, aliases: ['dst'] },
    { id: 'method', title: 'Method', kind: 'state', width: 80, values: ['GET', 'POST', 'HEAD', 'PUT', 'OPTIONS'] },
    {
      id: 'url',
      title: 'Address',
      kind: 'text',
      width: 380,
      description: 'What was asked for; empty without a request.',
    },
    {
      id: 'status',
      title: 'Status',
      kind: 'integer',
      width: 70,
      description: 'Status of the final response (RFC 9110, section 15); empty without one.',
    },
    { id: 'contentType', title: 'Content-Type', kind: 'text', width: 150, aliases: ['type'] },
    {
      id: 'bytes',
      title: 'Bytes',
      kind: 'bytes',
      width: 90,
      description: 'Body of the response as it was sent, without its transfer coding, holes included.',
    },
    { id: 'missingBytes', title: 'Missing', kind: 'bytes', width: 80, aliases: ['missing'], isHidden: true },
    {
      id: 'firstByteMs',
      title: 'First byte',
      kind: 'milliseconds',
      width: 90,
      aliases: ['ttfb'],
      description: 'From the last byte of the request to the first byte of the response.',
    },
    {
      id: 'lastByteMs',
      title: 'Last byte',
      kind: 'milliseconds',
      width: 90,
      description: 'From the last byte of the request to the last byte of the response.',
    },
    {
      id: 'durationSeconds',
      title: 'Duration',
      kind: 'seconds',
      width: 90,
      aliases: ['duration'],
      description: 'From the first byte of the request to the last byte of the response.',
    },
    {
      id: 'speedBps',
      title: 'Speed',
      kind: 'bits-per-second',
      width: 100,
      aliases: ['speed'],
      description:
        'Captured bits of the response body from its first to its last byte, by that time; empty for one packet.',
    },
    { id: 'requestBytes', title: 'Sent', kind: 'bytes', width: 80, description: 'Body of the request.' },
    { id: 'complete', title: 'Complete', kind: 'flag', width: 80, description: 'The response came to its end.' },
    { id: 'userAgent', title: 'Program', kind: 'text', width: 180, aliases: ['agent'] },
    { id: 'product', title: 'Server program', kind: 'text', width: 140 },
    { id: 'version', title: 'Version', kind: 'text', width: 80, isHidden: true },
    { id: 'layers', title: 'Inside', kind: 'text', width: 80, isHidden: true },
    { id: 'host', title: 'Host', kind: 'address', width: 180, isHidden: true },
    { id: 'connection', title: 'Connection', kind: 'integer', width: 90, isHidden: true },
    { id: 'sessionId', title: 'Session', kind: 'identifier', width: 120, isHidden: true, isOnlyNamed: true },
    { id: 'id', title: 'Id', kind: 'identifier', width: 100, isHidden: true, isOnlyNamed: true },
  ],
};

export function exchangeRow(record: ExchangeRecord): TableRow {
  const { connection, responseBody: body, requestEndNs, responseTimeNs, responseEndNs } = record;
  const hasBoth = record.requestTimeNs >= 0 && responseTimeNs >= 0;
  const start = startNs(record);
  return {
    id: exchangeId(record.index),
    frame: firstFrameOf(record),
    timeSeconds: start / 1e9,
    client: formatEndpoint(connection.client),
    server: formatEndpoint(connection.server),
    method: record.method,
    url: record.url,
    status: record.status || null,
    contentType: record.contentType,
    bytes: body?.stored.total ?? 0,
    missingBytes: body?.stored.missing ?? 0,
    firstByteMs: hasBoth ? (responseTimeNs - requestEndNs) / 1e6 : null,
    lastByteMs: hasBoth ? (responseEndNs - requestEndNs) / 1e6 : null,
    durationSeconds: (endNs(record) - start) / 1e9,
    speedBps: speedOf(record),
    requestBytes: record.requestBody?.stored.total ?? 0,
    complete: responseTimeNs >= 0 && !record.isTruncated && (body?.isComplete ?? true),
    userAgent: record.userAgent,
    product: record.product,
    version: record.version,
    layers: connection.layers.join(', '),
    host: record.host,
    connection: connection.id,
    sessionId: record.sessionId,
  };
}

/** Bits per second; null when the body came at once. */
export function speedOf({ responseBody: body }: ExchangeRecord): number | null {
  if (!body || body.lastTimeNs <= body.firstTimeNs) return null;
  return ((body.stored.total - body.stored.missing) * 8 * 1e9) / (body.lastTimeNs - body.firstTimeNs);
}
