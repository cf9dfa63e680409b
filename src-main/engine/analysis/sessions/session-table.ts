import { sessionKinds, type SessionRow } from '#shared/model/session';
import type { TableDefinition } from '#shared/model/table';

/** A session as its table shows it. */
export function sessionTableRow(row: SessionRow) {
  const { details: _, layers, ...shown } = row;
  return { ...shown, layers: layers.join(', '), streams: row.streamIds.length };
}

export const sessionTable: TableDefinition = {
  id: 'sessions',
  title: 'Sessions',
  columns: [
    { id: 'startSeconds', title: 'Start', kind: 'seconds', width: 90, aliases: ['start'] },
    { id: 'kind', title: 'Kind', kind: 'state', width: 90, values: sessionKinds },
    { id: 'url', title: 'Address', kind: 'text', width: 340 },
    { id: 'state', title: 'State', kind: 'text', width: 150 },
    { id: 'client', title: 'Client', kind: 'address', width: 160 },
    { id: 'server', title: 'Server', kind: 'address', width: 160 },
    { id: 'durationSeconds', title: 'Duration', kind: 'seconds', width: 90, aliases: ['duration'] },
    { id: 'bytes', title: 'Media bytes', kind: 'bytes', width: 100, description: 'Without what carries them.' },
    {
      id: 'missingBytes',
      title: 'Missing',
      kind: 'bytes',
      width: 90,
      description: 'Media bytes that are known to be missing from the capture.',
      aliases: ['missing'],
    },
    { id: 'streams', title: 'Streams', kind: 'integer', width: 70 },
    { id: 'layers', title: 'Inside', kind: 'text', width: 90, description: 'What lies between TCP and the session.' },
    { id: 'agent', title: 'Program', kind: 'text', width: 180 },
    { id: 'firstFrame', title: 'Frame', kind: 'integer', width: 80, aliases: ['frame'] },
    { id: 'id', title: 'Id', kind: 'identifier', width: 120, isHidden: true, isOnlyNamed: true },
  ],
};

/** Messages of one session: `TableQuery.scope` is its id. */
export const sessionMessageTable: TableDefinition = {
  id: 'session-messages',
  title: 'Messages',
  columns: [
    { id: 'frame', title: 'Frame', kind: 'integer', width: 80 },
    { id: 'timeSeconds', title: 'Time', kind: 'timestamp', width: 110, aliases: ['time'] },
    { id: 'source', title: 'From', kind: 'address', width: 160, aliases: ['from'] },
    { id: 'destination', title: 'To', kind: 'address', width: 160, aliases: ['to'] },
    { id: 'label', title: 'Message', kind: 'text', width: 160 },
    { id: 'summary', title: 'Contents', kind: 'text', width: 420 },
    { id: 'bytes', title: 'Bytes', kind: 'bytes', width: 90 },
  ],
};

export const objectTable: TableDefinition = {
  id: 'objects',
  title: 'Objects',
  columns: [
    { id: 'startSeconds', title: 'Start', kind: 'seconds', width: 90, aliases: ['start'] },
    { id: 'name', title: 'Name', kind: 'text', width: 220 },
    { id: 'host', title: 'Host', kind: 'address', width: 180 },
    { id: 'url', title: 'Address', kind: 'text', width: 320 },
    { id: 'detectedType', title: 'Content', kind: 'text', width: 130, description: 'What its first bytes say.' },
    { id: 'contentType', title: 'Content-Type', kind: 'text', width: 150, description: 'What the server said.' },
    { id: 'status', title: 'Status', kind: 'integer', width: 70 },
    {
      id: 'bytes',
      title: 'Bytes',
      kind: 'bytes',
      width: 90,
      description: 'After transfer and content codings were undone, holes included.',
    },
    { id: 'missingBytes', title: 'Missing', kind: 'bytes', width: 80, aliases: ['missing'] },
    { id: 'complete', title: 'Complete', kind: 'flag', width: 80 },
    { id: 'durationSeconds', title: 'Duration', kind: 'seconds', width: 90, aliases: ['duration'] },
    { id: 'client', title: 'Client', kind: 'address', width: 160, isHidden: true },
    { id: 'server', title: 'Server', kind: 'address', width: 160, isHidden: true },
    { id: 'frame', title: 'Frame', kind: 'integer', width: 80 },
    { id: 'sha256', title: 'SHA-256', kind: 'identifier', width: 200, isHidden: true, isOnlyNamed: true },
    { id: 'sessionId', title: 'Session', kind: 'identifier', width: 120, isHidden: true, isOnlyNamed: true },
  ],
};
