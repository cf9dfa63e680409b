import type { TableDefinition } from '#shared/model/table';
import { conversationKinds, conversationTable } from '../../flow/conversation-rows';
import { diagnosticTable } from '../../store/diagnostic-table';
import { callTable } from '../calls/call-table';
import { packetTable } from '../rtp/packet-table';
import { streamTable } from '../rtp/stream-table';

/** All tables an analysis serves, as data: the window needs no knowledge of them. */
export const tableDefinitions: readonly TableDefinition[] = [
  callTable,
  streamTable,
  packetTable,
  diagnosticTable,
  ...conversationKinds.map(conversationTable),
];
