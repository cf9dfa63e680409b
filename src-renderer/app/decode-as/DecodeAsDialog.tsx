import { Button, Modal, NativeSelect, Table, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { FailureMessage } from '#shared/ipc/contract';
import type { DecodeAsRule, DecodeAsState, PayloadFormat } from '#shared/model/decode-as';
import type { StreamRow } from '#shared/model/stream';
import { invoke, useQuery } from '../../bridge';
import { dialogActions, useDialogs } from '../../stores/dialogs';
import { useCaptureId, useTableRevision } from '../../stores/session';
import { formatInteger } from '../../widgets/format';
import styles from './DecodeAsDialog.module.css';
import { type Flow, flowsOf, withRule } from './flows';

const mostRows = 1000;
const mostShown = 200;

/** UDP flows with what they were taken for, and what a person says of them. */
export function DecodeAsDialog() {
  const isOpen = useDialogs((state) => state.open === 'decode-as');
  const subject = useDialogs((state) => state.subject);
  return (
    <Modal opened={isOpen} onClose={dialogActions.close} title="Decode As" size="min(1180px, 94vw)">
      {isOpen && <Flows key={subject} subject={subject} />}
    </Modal>
  );
}

function Flows({ subject }: { readonly subject: string }) {
  const captureId = useCaptureId();
  const revision = useTableRevision('streams') + useTableRevision('conversations.udp');
  const [filter, setFilter] = useState(subject);
  const [failure, setFailure] = useState<FailureMessage | null>(null);
  const [said, setSaid] = useState<readonly DecodeAsRule[] | null>(null);
  const [isBusy, setBusy] = useState(false);
  const page = (table: 'streams' | 'conversations.udp', column: string) => ({
    table,
    offset: 0,
    limit: mostRows,
    sort: { column, direction: 'desc' } as const,
  });
  const ask = captureId === null ? null : { captureId };
  const state = useQuery('capture:decode-as', ask, 0);
  const conversations = useQuery(
    'table:page',
    ask && { ...ask, query: page('conversations.udp', 'packets') },
    revision,
  );
  const streams = useQuery('table:page', ask && { ...ask, query: page('streams', 'packets') }, revision);
  const rules = said ?? state.value?.rules ?? [];
  const rows = (streams.value?.rows ?? []) as unknown as readonly StreamRow[];
  const flows = flowsOf(conversations.value?.rows ?? [], rows, rules);
  const wanted = filter.trim().toLowerCase();
  const matching = flows.filter(({ endA, endB, protocol, streams: own }) =>
    [endA, endB, protocol ?? '', ...own.map(({ codec }) => codec ?? '')].some((text) =>
      text.toLowerCase().includes(wanted),
    ),
  );

  const say = async (replaced: DecodeAsRule | null, rule: DecodeAsRule | null): Promise<void> => {
    if (captureId === null) return;
    const next = withRule(rules, replaced, rule);
    setBusy(true);
    const result = await invoke('capture:set-decode-as', { captureId, rules: next });
    setBusy(false);
    setFailure(result.ok ? null : result.error);
    if (result.ok) setSaid(next);
  };

  return (
    <div className={styles.root} data-testid="decode-as">
      <p className={styles.hint}>
        Says what the UDP flows of a port carry. It counts more than signalling and content, is kept with this capture,
        and is marked in the streams table.
      </p>
      <TextInput
        size="xs"
        aria-label="Filter flows"
        placeholder="Filter: address, port, codec"
        value={filter}
        onChange={(event) => setFilter(event.currentTarget.value)}
      />
      {failure && (
        <p role="alert" className={styles.failure}>
          {failure.message}
        </p>
      )}
      <div className={styles.scroll}>
        <Table aria-label="UDP flows" stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Flow</Table.Th>
              <Table.Th className={styles.number}>Packets</Table.Th>
              <Table.Th>Taken for</Table.Th>
              <Table.Th>Port</Table.Th>
              <Table.Th>Decode as</Table.Th>
              <Table.Th>Clock (Hz)</Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {matching.slice(0, mostShown).map((flow) => (
              <FlowRow
                key={`${flow.id} ${JSON.stringify(flow.rule)}`}
                flow={flow}
                formats={state.value?.formats ?? []}
                isBusy={isBusy}
                onSay={(rule) => void say(flow.rule, rule)}
              />
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <p className={styles.hint}>{countLine(conversations.value?.totalRows ?? flows.length, matching.length)}</p>
    </div>
  );
}

function countLine(total: number, matching: number): string {
  if (total === 0) return 'There is no UDP in this capture.';
  const shown = Math.min(matching, mostShown);
  return shown < total ? `${formatInteger(shown)} of ${formatInteger(total)} flows, the largest first` : '';
}

interface FlowRowProps {
  readonly flow: Flow;
  readonly formats: DecodeAsState['formats'];
  readonly isBusy: boolean;
  readonly onSay: (rule: DecodeAsRule | null) => void;
}

const nothing = '';
const justRtp = 'rtp';

function FlowRow({ flow, formats, isBusy, onSay }: FlowRowProps) {
  const { rule } = flow;
  const [port, setPort] = useState(flow.port);
  const [name, setName] = useState(rule ? (rule.format?.encodingName ?? justRtp) : nothing);
  const [clock, setClock] = useState(rule?.format?.clockRateHz?.toString() ?? '');
  const clockRateHz = clock === '' ? null : Number(clock);
  const isClockGood = clockRateHz === null || (Number.isInteger(clockRateHz) && clockRateHz > 0);
  const format = name === nothing || name === justRtp ? null : { encodingName: name, clockRateHz, channels: null };
  const next = name === nothing ? null : { port, format };
  const hasNews = JSON.stringify(next) !== JSON.stringify(rule && { port: rule.port, format: rule.format });
  const usual = formats.find(({ encodingName }) => encodingName === name)?.clockRateHz;
  return (
    <Table.Tr data-testid={`decode-as-${flow.endA}`} data-overridden={rule !== null}>
      <Table.Td className={styles.ends}>
        {flow.endA}
        <br />
        {flow.endB}
      </Table.Td>
      <Table.Td className={styles.number}>{formatInteger(flow.packets)}</Table.Td>
      <Table.Td className={styles.taken}>
        <TakenFor flow={flow} />
      </Table.Td>
      <Table.Td>
        <NativeSelect
          size="xs"
          aria-label={`Port of ${flow.endA}`}
          value={String(port)}
          disabled={rule !== null}
          data={[...new Set([String(flow.portA), String(flow.portB)])]}
          onChange={(event) => setPort(Number(event.currentTarget.value))}
        />
      </Table.Td>
      <Table.Td>
        <NativeSelect
          size="xs"
          aria-label={`Decode ${flow.endA} as`}
          value={name}
          data={choices(formats)}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </Table.Td>
      <Table.Td>
        <TextInput
          size="xs"
          w={86}
          aria-label={`Clock of ${flow.endA}`}
          placeholder={usual === undefined ? '' : String(usual)}
          disabled={format === null}
          error={!isClockGood}
          value={clock}
          onChange={(event) => setClock(event.currentTarget.value.trim())}
        />
      </Table.Td>
      <Table.Td className={styles.actions}>
        <Button
          size="compact-xs"
          disabled={!hasNews || !isClockGood || next === null || isBusy}
          onClick={() => onSay(next)}
        >
          Apply
        </Button>
        {rule && (
          <Button size="compact-xs" variant="default" disabled={isBusy} onClick={() => onSay(null)}>
            Remove
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function choices(formats: readonly PayloadFormat[]) {
  const of = (media: PayloadFormat['media']) =>
    formats.filter((format) => format.media === media).map(({ encodingName }) => encodingName);
  return [
    { value: nothing, label: 'as found' },
    { value: justRtp, label: 'RTP, format as found' },
    { group: 'Video', items: of('video') },
    { group: 'Sound', items: of('audio') },
  ];
}

/** Streams with codec, clock, how sure it is and what else it may be; else what the conversation was taken for. */
function TakenFor({ flow: { streams, protocol, reason, rule } }: { readonly flow: Flow }) {
  if (streams.length === 0) {
    return (
      <>
        <span>{protocol ?? 'not recognised'}</span>
        <span className={styles.why}>{rule ? 'nothing there looks like RTP' : (reason ?? '')}</span>
      </>
    );
  }
  return streams.slice(0, 4).map(({ id, codec, clockRateHz, basis, confidence, alternatives }) => (
    <div key={id}>
      <span>
        {codec ?? 'RTP, format unknown'}
        {clockRateHz === null ? '' : ` · ${formatInteger(clockRateHz)} Hz`}
      </span>{' '}
      {basis === 'user' ? (
        <strong className={styles.override}>Decode As</strong>
      ) : (
        <span className={styles.why}>
          {basis ?? 'unknown'}, {Math.round(100 * confidence)} %
          {alternatives.length > 0 &&
            ` · or ${alternatives
              .slice(0, 3)
              .map((other) => `${other.codec} ${Math.round(100 * other.confidence)} %`)
              .join(', ')}`}
        </span>
      )}
    </div>
  ));
}
