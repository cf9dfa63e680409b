import type { CallRow } from '#shared/model/call';
import type { TableDefinition } from '#shared/model/table';

/** Columns of the calls table. */
export const callTable: TableDefinition = {
  id: 'calls',
  title: 'Calls',
  columns: [
    {
      id: 'startSeconds',
      title: 'Start',
      kind: 'seconds',
      width: 90,
      aliases: ['start'],
      description: 'First INVITE, in seconds since the first frame.',
    },
    {
      id: 'from',
      title: 'From',
      kind: 'text',
      width: 160,
      aliases: ['caller'],
      description: 'User of the From URI; its display name or host where it has no user.',
    },
    {
      id: 'to',
      title: 'To',
      kind: 'text',
      width: 160,
      aliases: ['callee'],
      description: 'User of the To URI; its display name or host where it has no user.',
    },
    {
      id: 'state',
      title: 'State',
      kind: 'state',
      width: 100,
      description:
        'setup: INVITE only. ringing: provisional response. in-call: answered, no BYE. completed: answered and ended by BYE. cancelled: given up by the caller (CANCEL, 487). no-answer: 408, 480, or no response at all. rejected: 3xx, 4xx, 6xx. failed: 5xx, or authentication not completed.',
    },
    {
      id: 'finalStatus',
      title: 'Status',
      kind: 'integer',
      width: 64,
      aliases: ['status'],
      description: 'Last final response to the INVITE (RFC 3261, section 21).',
    },
    {
      id: 'setupSeconds',
      title: 'Setup',
      kind: 'seconds',
      width: 80,
      aliases: ['setup'],
      description: 'From the first INVITE to its 2xx response.',
    },
    {
      id: 'durationSeconds',
      title: 'Duration',
      kind: 'seconds',
      width: 80,
      aliases: ['duration', 'dur'],
      description: 'From the 2xx response to the first BYE, or to the last packet of a call that was not ended.',
    },
    {
      id: 'messages',
      title: 'Messages',
      kind: 'integer',
      width: 76,
      description: 'SIP messages with its Call-ID, retransmissions included.',
    },
    {
      id: 'lostPercent',
      title: 'Loss',
      kind: 'percent',
      width: 70,
      aliases: ['loss', 'lost'],
      description: 'Highest loss of its RTP streams, in percent of the packets expected.',
    },
    {
      id: 'dtmfDigits',
      title: 'DTMF',
      kind: 'text',
      width: 110,
      aliases: ['dtmf'],
      description: 'Digits sent as telephone events (RFC 4733): → by the caller, ← by the callee.',
    },
    {
      id: 'callIds',
      title: 'Call-ID',
      kind: 'list',
      width: 260,
      aliases: ['callid', 'call-id'],
      isHidden: true,
      description: 'Call-ID of every dialog of the call.',
    },
  ],
};

/** A row with one field a column: digits of both directions in one text. */
export function callTableRow(row: CallRow): CallRow & { readonly [column: string]: unknown } {
  const { 'a-to-b': sent, 'b-to-a': answered } = row.dtmf;
  return { ...row, dtmfDigits: [sent && `→ ${sent}`, answered && `← ${answered}`].filter(Boolean).join(' ') };
}
