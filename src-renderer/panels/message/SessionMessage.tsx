import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { MessageField } from '#shared/model/session';
import { showFrame } from '../../app/commands';
import { useQuery } from '../../bridge';
import { useSelection } from '../../stores/selection';
import { useCaptureId } from '../../stores/session';
import { formatInteger, formatSecondsCell } from '../../widgets/format';
import { PanelNote } from '../PanelNote';
import { HexView } from './HexView';
import styles from './message.module.css';

type View = 'parsed' | 'text' | 'hex';

/** A message of a session: its fields as the protocol names them, its text, its bytes. */
export function SessionMessage() {
  const captureId = useCaptureId();
  const messageId = useSelection((state) => state.messageId);
  const [chosen, setView] = useState<View>('parsed');
  const detail = useQuery('session:message', captureId && messageId ? { captureId, messageId } : null);
  if (messageId === null) {
    return <PanelNote title="No message selected">Choose a message of the session to read it whole.</PanelNote>;
  }
  if (detail.failure) return <PanelNote title="The message could not be read">{detail.failure.message}</PanelNote>;
  const message = detail.value;
  if (!message) return null;
  const views = message.text === null ? (['parsed', 'hex'] as const) : (['parsed', 'text', 'hex'] as const);
  const view = views.find((known) => known === chosen) ?? 'parsed';
  return (
    <div className={styles.root}>
      <div className={styles.bar}>
        <SegmentedControl
          aria-label="How the message is shown"
          value={view}
          onChange={(value) => setView(value as View)}
          data={views.map((value) => ({ value, label: labels[value] }))}
        />
      </div>
      <div className={styles.scroll} tabIndex={0} role="group" aria-label="Message">
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
            {message.source} → {message.destination}
          </span>
        </div>
        <h3 className={styles.startLine}>{message.title}</h3>
        {view === 'parsed' && <Fields fields={message.fields} />}
        {view === 'text' && <pre className={styles.text}>{message.text}</pre>}
        {view === 'hex' && <HexView bytes={message.raw} />}
      </div>
    </div>
  );
}

const labels: Readonly<Record<View, string>> = { parsed: 'Parsed', text: 'Text', hex: 'Hex' };

function Fields({ fields }: { readonly fields: readonly MessageField[] }) {
  return (
    <table className={styles.headers}>
      <tbody>
        {fields.map(({ name, value, children }, index) => (
          <tr key={index}>
            <th scope="row">{name}</th>
            <td className="selectable">
              {value}
              {children.length > 0 && <Fields fields={children} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
