import type { CallRow } from '#shared/model/call';
import type { ConversationRow, EndpointRow } from '#shared/model/conversation';
import type { StreamRow } from '#shared/model/stream';
import type { TableDefinition } from '#shared/model/table';
import type { TableId, TablePage, TableQuery, TableRow } from '#shared/query/table-query';
import {
  type ConversationVerdict,
  conversationKinds,
  conversationRows,
  conversationTable,
} from '../../flow/conversation-rows';
import { endpointRows, endpointTable } from '../../flow/endpoint-rows';
import type { FlowTracker } from '../../flow/flow-tracker';
import type { DiagnosticLog } from '../../store/diagnostic-log';
import { diagnosticTable } from '../../store/diagnostic-table';
import { arraySource, type RowSource, TableView } from '../../store/table-view';
import { callTable, callTableRow } from '../calls/call-table';
import type { PacketList } from '../packets/packet-list';
import { packetTable } from '../rtp/packet-table';
import { streamTable, streamTableRow } from '../rtp/stream-table';
import type { SessionBook } from '../sessions/session-book';
import { objectTable, sessionTable, sessionTableRow } from '../sessions/session-table';

export interface TableSources {
  readonly flows: FlowTracker;
  readonly diagnostics: DiagnosticLog;
  readonly streams: () => readonly StreamRow[];
  readonly streamsRevision: () => number;
  readonly calls: () => readonly CallRow[];
  readonly callsRevision: () => number;
  readonly framesRevision: () => number;
  readonly verdict: (conversation: number) => ConversationVerdict | null;
  /** Rows of the per-packet table of a stream; null when there is no such stream. */
  readonly packetTable: (streamId: string) => RowSource | null;
  /** The table of all packets, which arranges itself. */
  readonly frames: PacketList;
  readonly sessions: SessionBook;
}

/** Tables that the trackers of sessions serve. */
const sessionTableIds = ['exchanges', 'session-messages', 'ts-pids', 'ts-checks', 'segments'] as const;

/** Serves pages of every table, sorted and filtered where the rows are. */
export class AnalysisTables {
  private readonly views = new Map<TableId, TableView>();
  private readonly sources = new Map<TableId, RowSource>();
  private packets: { readonly scope: string; readonly view: TableView } | null = null;
  /** The tables of one scope that were asked for last. */
  private readonly scoped = new Map<TableId, { readonly scope: string; readonly view: TableView }>();

  constructor(private readonly from: TableSources) {
    this.add(
      'calls',
      callTable,
      arraySource(from.callsRevision, () => from.calls().map(callTableRow)),
    );
    this.add(
      'streams',
      streamTable,
      arraySource(from.streamsRevision, () => from.streams().map(streamTableRow)),
    );
    this.add(
      'diagnostics',
      diagnosticTable,
      arraySource(
        () => from.diagnostics.revision,
        () => from.diagnostics.rows(),
      ),
    );
    const { sessions } = from;
    this.add(
      'sessions',
      sessionTable,
      arraySource(
        () => sessions.revision,
        () => sessions.sessions().map(sessionTableRow),
      ),
    );
    this.add(
      'objects',
      objectTable,
      arraySource(
        () => sessions.revision,
        () => sessions.objects(),
      ),
    );
    for (const kind of conversationKinds) {
      const rows = conversationRows(from.flows, kind, from.verdict);
      this.add(`conversations.${kind}`, conversationTable(kind), {
        get revision() {
          return from.framesRevision();
        },
        get count() {
          return rows.count;
        },
        row: (i) => rows.row(i) as ConversationRow & TableRow,
      });
      const endpoints = endpointRows(from.flows, kind, from.framesRevision);
      this.add(`endpoints.${kind}`, endpointTable(kind), {
        get revision() {
          return from.framesRevision();
        },
        get count() {
          return endpoints.count;
        },
        row: (i) => endpoints.row(i) as EndpointRow & TableRow,
      });
    }
  }

  /** Null when there is no such table, or nothing of that scope. */
  page(query: TableQuery): TablePage | null {
    if (query.table === 'packets') return this.from.frames.page(query);
    const scope = query.scope ?? '';
    if (query.table === 'rtp-packets') return this.packetView(scope)?.page(query) ?? null;
    const view = this.views.get(query.table) ?? this.scopedView(query.table, scope);
    return view?.page(query) ?? null;
  }

  /** A number per table that grows when its rows change. */
  revisions(): Map<TableId, number> {
    const revisions = new Map([...this.sources].map(([id, source]) => [id, source.revision]));
    const { frames, sessions } = this.from;
    for (const id of sessionTableIds) revisions.set(id, sessions.revision);
    return revisions.set('packets', frames.revision);
  }

  private add(id: TableId, definition: TableDefinition, source: RowSource): void {
    this.sources.set(id, source);
    this.views.set(id, new TableView(definition, source));
  }

  private scopedView(id: TableId, scope: string): TableView | null {
    const known = this.scoped.get(id);
    if (known?.scope === scope) return known.view;
    const table = this.from.sessions.table(id, scope);
    if (!table) return null;
    const view = new TableView(table.definition, table.rows);
    this.scoped.set(id, { scope, view });
    return view;
  }

  /** The per-packet table of the stream asked for last stays at hand. */
  private packetView(scope: string): TableView | null {
    if (this.packets?.scope !== scope) {
      const source = this.from.packetTable(scope);
      if (!source) return null;
      this.packets = { scope, view: new TableView(packetTable, source) };
    }
    return this.packets.view;
  }
}
