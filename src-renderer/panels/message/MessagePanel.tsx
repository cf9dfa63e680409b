import { ActionIcon, SegmentedControl, Tooltip } from '@mantine/core';
import { useState } from 'react';
import type { LadderMessage, SipMessageDetail } from '#shared/model/call';
import { showFrame } from '../../app/commands';
import { perform, useQuery } from '../../bridge';
import { playheadActions } from '../../stores/playhead';
import { selectionActions, useSelection } from '../../stores/selection';
import { useCaptureId, useTableRevision } from '../../stores/session';
import { formatInteger, formatSecondsCell } from '../../widgets/format';
import { Icon } from '../../widgets/Icon';
import { useShownRevision } from '../visibility';
import { PanelNote } from '../PanelNote';
import { HexView } from './HexView';
import styles from './message.module.css';
import { ParsedMessage } from './ParsedMessage';
import { SessionMessage } from './SessionMessage';

type View = 'parsed' | 'text' | 'hex';

/** The selected message, or the first of the selected call or session. */
export function MessagePanel() {
  const isOfSession = useSelection(({ callId, sessionId }) => callId === null && sessionId !== null);
  return isOfSession ? <SessionMessage /> : <SipMessage />;
}

function SipMessage() {
  const captureId = useCaptureId();
  const callId = useSelection((state) => state.callId);
  const selectedId = useSelection((state) => state.messageId);
  const revision = useShownRevision(useTableRevision('calls'));
  const [view, setView] = useState<View>('parsed');
  const ladder = useQuery('call:ladder', captureId && callId ? { captureId, callId } : null, revision);
  const messages = (ladder.value?.items ?? []).filter((item): item is LadderMessage => item.kind === 'message');
  const messageId = selectedId ?? messages[0]?.id ?? null;
  const detail = useQuery('call:message', captureId && messageId ? { captureId, messageId } : null);

  if (messageId === null) {
    return <PanelNote title="No message selected">Choose a message in the flow of a call to read it whole.</PanelNote>;
  }
  if (detail.failure) {
    return (
      <PanelNote title="The message could not be read">
        {detail.failure.message} {detail.failure.hint}
      </PanelNote>
    );
  }
  const message = detail.value;
  if (!message) return null;
  return (
    <div className={styles.root}>
      <div className={styles.bar}>
        <Stepper messages={messages} messageId={messageId} />
        <SegmentedControl
          aria-label="How the message is shown"
          value={view}
          onChange={(value) => setView(value as View)}
          data={[
            { value: 'parsed', label: 'Parsed' },
            { value: 'text', label: 'Text' },
            { value: 'hex', label: 'Hex' },
          ]}
        />
        <Tooltip label="Copy the whole message">
          <ActionIcon
            aria-label="Copy the whole message"
            onClick={() => void perform('app:copy-text', { text: decode(message.raw) })}
          >
            <Icon name="copy" size={14} />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={styles.scroll} tabIndex={0} role="group" aria-label="Message">
        <Facts message={message} />
        {view === 'parsed' && <ParsedMessage message={message} />}
        {view === 'text' && <pre className={styles.text}>{decode(message.raw)}</pre>}
        {view === 'hex' && <HexView bytes={message.raw} />}
      </div>
    </div>
  );
}

function Facts({ message }: { message: SipMessageDetail }) {
  return (
    <div className={styles.facts}>
      <button
        type="button"
        className={styles.frameLink}
        title="Show this packet"
        onClick={() => showFrame(message.frame)}
      >
        frame {formatInteger(message.frame)}
      </button>
      <span>{formatSecondsCell(message.timeSeconds)}</span>
      <span className="selectable">
        {message.transport.toUpperCase()} {message.source} → {message.destination}
      </span>
      {message.isTruncated && <span className={styles.truncated}>cut short in the capture</span>}
    </div>
  );
}

/** To the message before and after, in the order of the flow. */
function Stepper({ messages, messageId }: { messages: readonly LadderMessage[]; messageId: string }) {
  const index = messages.findIndex(({ id }) => id === messageId);
  const go = (to: number): void => {
    const message = messages[to];
    if (!message) return;
    selectionActions.selectMessage(message.id, message.frame);
    playheadActions.seek('selection', message.timeSeconds);
  };
  return (
    <div className={styles.stepper}>
      <ActionIcon aria-label="Previous message" disabled={index <= 0} onClick={() => go(index - 1)}>
        <span className={styles.back}>
          <Icon name="chevron" size={14} />
        </span>
      </ActionIcon>
      <span className={styles.position}>
        {index < 0 ? '–' : index + 1} / {messages.length}
      </span>
      <ActionIcon
        aria-label="Next message"
        disabled={index < 0 || index >= messages.length - 1}
        onClick={() => go(index + 1)}
      >
        <Icon name="chevron" size={14} />
      </ActionIcon>
    </div>
  );
}

/** SIP is UTF-8 (RFC 3261, section 7); other bytes are shown as replacement characters. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
