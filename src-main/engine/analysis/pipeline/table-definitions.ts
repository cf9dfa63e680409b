import type { TableDefinition } from '#shared/model/table';
import { conversationKinds, conversationTable } from '../../flow/conversation-rows';
import { endpointTable } from '../../flow/endpoint-rows';
import { diagnosticTable } from '../../store/diagnostic-table';
import { callTable } from '../calls/call-table';
import { exchangeTable } from '../http/exchange-table';
import { tsCheckTable, tsPidTable } from '../mpegts/ts-tables';
import { allPacketsTable } from '../packets/packet-table';
import { packetTable } from '../rtp/packet-table';
import { streamTable } from '../rtp/stream-table';
import { segmentTable } from '../streaming/segment-table';
import { objectTable, sessionMessageTable, sessionTable } from '../sessions/session-table';

/** All tables an analysis serves, as data: the window needs no knowledge of them. */
export const tableDefinitions: readonly TableDefinition[] = [
  callTable,
  streamTable,
  packetTable,
  allPacketsTable,
  diagnosticTable,
  sessionTable,
  sessionMessageTable,
  objectTable,
  segmentTable,
  exchangeTable,
  tsPidTable,
  tsCheckTable,
  ...conversationKinds.map(conversationTable),
  ...conversationKinds.map(endpointTable),
];
