import { ActionIcon, Tooltip } from '@mantine/core';
import { type SessionRow, sessionKindNames } from '#shared/model/session';
import { showFrame } from '../../app/commands';
import { perform } from '../../bridge';
import { formatBytes, formatDuration, formatInteger, nothing } from '../../widgets/format';
import { Icon } from '../../widgets/Icon';
import { factName, isCommandLine } from './fact-name';
import styles from './session.module.css';

/** What a session says of itself, and what was found out about it. */
export function SessionFacts({ session }: { readonly session: SessionRow }) {
  const { bytes, missingBytes } = session;
  return (
    <div className={styles.scroll} tabIndex={0} role="group" aria-label="Facts about the session">
      <table className={styles.facts}>
        <tbody>
          <Fact name="Kind" value={sessionKindNames[session.kind]} />
          <Fact name="Address" value={session.url} isCopied />
          <Fact name="State" value={session.state} />
          <Fact name="Client" value={session.client} />
          <Fact name="Server" value={session.server} />
          <Fact name="Program" value={session.agent} />
          <Fact name="Duration" value={formatDuration(session.durationSeconds)} />
          <Fact name="Media" value={`${formatBytes(bytes)} (${formatInteger(bytes)} bytes)`} />
          {missingBytes > 0 && <Fact name="Missing" value={`${formatInteger(missingBytes)} bytes`} />}
          {session.layers.length > 0 && <Fact name="Inside" value={session.layers.join(', ')} />}
          <tr>
            <th scope="row">First frame</th>
            <td>
              <button type="button" className={styles.link} onClick={() => showFrame(session.firstFrame)}>
                {formatInteger(session.firstFrame)}
              </button>
            </td>
          </tr>
          {Object.entries(session.details).map(([name, value]) => (
            <Fact key={name} name={factName(name)} value={textOf(value)} isCopied={isCommandLine(value)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface FactProps {
  readonly name: string;
  readonly value: string | null;
  readonly isCopied?: boolean;
}

function Fact({ name, value, isCopied = false }: FactProps) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="selectable">
        {isCopied && value !== null ? <code>{value}</code> : (value ?? nothing)}
        {isCopied && value !== null && (
          <Tooltip label="Copy">
            <ActionIcon
              size="xs"
              aria-label={`Copy ${name}`}
              onClick={() => void perform('app:copy-text', { text: value })}
            >
              <Icon name="copy" size={12} />
            </ActionIcon>
          </Tooltip>
        )}
      </td>
    </tr>
  );
}

function textOf(value: string | number | boolean | null): string | null {
  if (value === null) return null;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  return Number.isInteger(value) ? formatInteger(value) : String(Number(value.toPrecision(9)));
}
