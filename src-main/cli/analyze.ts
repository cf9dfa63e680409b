import type {
  AnalysisDocument,
  CallDocument,
  ObjectDocument,
  SessionDocument,
  StreamDocument,
} from '#shared/model/analysis-document';
import type { ConversationRow } from '#shared/model/conversation';
import type { WlanNetworkRow } from '#shared/model/wlan';
import type { TableId } from '#shared/query/table-query';
import { captureFacts, describeCapture, jsonText, tool } from './facts';
import type { ExitCode } from './failure';
import { type AnalysisChoices, type CliContext, type LoadedCapture, loadCapture, reportInterruption } from './session';
import { type TextColumn, textTable } from './text-table';

const conversationKinds = ['ethernet', 'wlan', 'ipv4', 'ipv6', 'tcp', 'udp', 'sctp'] as const;
const pageRows = 1000;

interface AnalyzeRequest extends AnalysisChoices {
  readonly files: readonly string[];
  readonly json: boolean;
  readonly withConversations: boolean;
}

/** `tapdeck analyze`: calls, streams, sessions, objects and diagnostics of a capture. */
export async function runAnalyze(
  { files, json, withConversations, ...choices }: AnalyzeRequest,
  context: CliContext,
): Promise<ExitCode> {
  const loaded = await loadCapture(files, context, choices);
  const { calls, conversations, diagnostics, objects, sessions, streams, wlanNetworks } = loaded.document;
  const rows = withConversations ? await conversationRows(loaded) : [];
  const document: AnalysisDocument = {
    tool,
    capture: captureFacts(loaded),
    conversations,
    calls,
    streams,
    sessions,
    objects,
    wlanNetworks,
    diagnostics,
  };
  if (json) {
    context.stdout.write(jsonText(withConversations ? { ...document, conversationRows: rows } : document));
  } else {
    context.stdout.write(describeCapture(loaded));
    const sections: readonly (readonly [string, string])[] = [
      ['Calls', textTable(calls, callColumns(document.capture.firstTime))],
      ['Streams', textTable(streams, streamColumns(document.capture.firstTime))],
      ['Sessions', textTable(sessions, sessionColumns(document.capture.firstTime))],
      ['Objects', textTable(objects, objectColumns(document.capture.firstTime))],
      ['802.11 networks', textTable(wlanNetworks, wlanColumns)],
      ['Conversations', textTable(rows, conversationColumns)],
      ['Diagnostics', textTable(diagnostics, diagnosticColumns)],
    ];
    for (const [title, table] of sections) if (table !== '') context.stdout.write(`\n${title}\n${table}`);
  }
  return reportInterruption(loaded, context);
}

async function conversationRows({ captures, captureId }: LoadedCapture): Promise<ConversationRow[]> {
  const rows: ConversationRow[] = [];
  for (const kind of conversationKinds) {
    const table: TableId = `conversations.${kind}`;
    for (let offset = 0, total = 1; offset < total; offset += pageRows) {
      const page = await captures.page(captureId, { table, offset, limit: pageRows });
      total = page.totalRows;
      rows.push(...(page.rows as unknown as ConversationRow[]));
    }
  }
  return rows;
}

const right = 'right' as const;

function callColumns(firstTime: string | null): TextColumn<CallDocument>[] {
  return [
    { title: 'id', value: (call) => call.id },
    { title: 'start s', value: (call) => secondsAfter(firstTime, call.startTime), align: right },
    { title: 'from', value: (call) => call.from },
    { title: 'to', value: (call) => call.to },
    { title: 'state', value: (call) => call.state },
    { title: 'status', value: (call) => call.finalStatus, align: right },
    { title: 'setup s', value: (call) => fixed(call.setupSeconds, 3), align: right },
    { title: 'duration s', value: (call) => fixed(call.durationSeconds, 3), align: right },
    { title: 'messages', value: (call) => call.messages, align: right },
    { title: 'streams', value: (call) => call.streamIds.length, align: right },
    { title: 'dtmf a>b', value: (call) => call.dtmf['a-to-b'] || null },
    { title: 'dtmf b>a', value: (call) => call.dtmf['b-to-a'] || null },
  ];
}

function streamColumns(firstTime: string | null): TextColumn<StreamDocument>[] {
  return [
    { title: 'id', value: (stream) => stream.id },
    { title: 'start s', value: (stream) => secondsAfter(firstTime, stream.startTime), align: right },
    { title: 'duration s', value: (stream) => fixed(stream.durationSeconds, 3), align: right },
    { title: 'kind', value: (stream) => stream.kind },
    { title: 'codec', value: (stream) => stream.codec },
    { title: 'basis', value: (stream) => stream.basis },
    { title: 'src', value: (stream) => stream.src },
    { title: 'dst', value: (stream) => stream.dst },
    { title: 'ssrc', value: (stream) => stream.ssrc },
    { title: 'packets', value: (stream) => stream.packets, align: right },
    { title: 'lost', value: (stream) => stream.lost, align: right },
    { title: 'lost %', value: (stream) => fixed(stream.lostPercent, 2), align: right },
    { title: 'max delta ms', value: (stream) => fixed(stream.maxDeltaMs, 2), align: right },
    { title: 'mean jitter ms', value: (stream) => fixed(stream.meanJitterMs, 2), align: right },
    { title: 'max jitter ms', value: (stream) => fixed(stream.maxJitterMs, 2), align: right },
    { title: 'size', value: ({ video }) => (video?.width ? `${video.width}x${video.height}` : null) },
    { title: 'pictures', value: ({ video }) => video?.frames, align: right },
    { title: 'keys', value: ({ video }) => video?.keyFrames, align: right },
    { title: 'damaged', value: ({ video }) => video?.damagedFrames, align: right },
    { title: 'fps', value: ({ video }) => video?.frameRate, align: right },
    { title: 'MOS', value: (stream) => fixed(stream.mos?.value ?? null, 2), align: right },
    { title: 'call', value: (stream) => stream.callId },
  ];
}

function sessionColumns(firstTime: string | null): TextColumn<SessionDocument>[] {
  return [
    { title: 'id', value: (session) => session.id },
    { title: 'start s', value: (session) => secondsAfter(firstTime, session.startTime), align: right },
    { title: 'duration s', value: (session) => fixed(session.durationSeconds, 3), align: right },
    { title: 'kind', value: (session) => session.kind },
    { title: 'state', value: (session) => session.state },
    { title: 'client', value: (session) => session.client },
    { title: 'server', value: (session) => session.server },
    { title: 'media bytes', value: (session) => session.bytes, align: right },
    { title: 'missing', value: (session) => session.missingBytes, align: right },
    { title: 'streams', value: (session) => session.streamIds.length, align: right },
    { title: 'address', value: (session) => session.url },
  ];
}

function objectColumns(firstTime: string | null): TextColumn<ObjectDocument>[] {
  return [
    { title: 'id', value: (object) => object.id },
    { title: 'start s', value: (object) => secondsAfter(firstTime, object.startTime), align: right },
    { title: 'status', value: (object) => object.status, align: right },
    { title: 'content', value: (object) => object.detectedType ?? object.contentType },
    { title: 'bytes', value: (object) => object.bytes, align: right },
    { title: 'missing', value: (object) => object.missingBytes, align: right },
    { title: 'name', value: (object) => object.name },
    { title: 'address', value: (object) => object.url },
  ];
}

const wlanColumns: readonly TextColumn<WlanNetworkRow>[] = [
  { title: 'BSSID', value: (row) => row.bssid },
  { title: 'SSID', value: (row) => row.ssid },
  { title: 'security', value: (row) => row.security },
  { title: 'stations', value: (row) => row.stations.length, align: right },
  { title: 'encrypted', value: (row) => row.protectedFrames, align: right },
  { title: 'decrypted', value: (row) => row.decryptedFrames, align: right },
  { title: 'state', value: (row) => row.state },
  { title: 'explanation', value: (row) => row.explanation },
];

const conversationColumns: readonly TextColumn<ConversationRow>[] = [
  { title: 'kind', value: (row) => row.kind },
  { title: 'A', value: (row) => endpoint(row.addressA, row.portA) },
  { title: 'B', value: (row) => endpoint(row.addressB, row.portB) },
  { title: 'packets', value: (row) => row.packets, align: right },
  { title: 'bytes', value: (row) => row.bytes, align: right },
  { title: 'packets a>b', value: (row) => row.packetsAToB, align: right },
  { title: 'packets b>a', value: (row) => row.packetsBToA, align: right },
  { title: 'start s', value: (row) => fixed(row.startSeconds, 6), align: right },
  { title: 'duration s', value: (row) => fixed(row.durationSeconds, 6), align: right },
  { title: 'protocol', value: (row) => row.protocol },
];

const diagnosticColumns: readonly TextColumn<AnalysisDocument['diagnostics'][number]>[] = [
  { title: 'severity', value: (row) => row.severity },
  { title: 'count', value: (row) => row.count, align: right },
  { title: 'frame', value: (row) => row.firstFrame, align: right },
  { title: 'code', value: (row) => row.code },
  { title: 'message', value: (row) => row.message },
];

function fixed(value: number | null, digits: number): string | null {
  return value === null ? null : value.toFixed(digits);
}

function endpoint(address: string, port: number | null): string {
  if (port === null) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Seconds from one RFC 3339 time to another, in microseconds; null when either is not one. */
export function secondsAfter(from: string | null, to: string): string | null {
  const start = from === null ? null : microseconds(from);
  const end = microseconds(to);
  return start === null || end === null ? null : ((end - start) / 1e6).toFixed(6);
}

function microseconds(time: string): number | null {
  const match = /^(.+:\d\d)\.(\d{6})\d*Z$/.exec(time);
  return match ? Date.parse(`${match[1]}Z`) * 1000 + Number(match[2]) : null;
}
