import { Popover } from '@mantine/core';
import { Fragment } from 'react';
import type { StreamRow } from '#shared/model/stream';
import { type Definition, definitions } from './definitions';
import styles from './RtpAnalysisPanel.module.css';
import { type SummaryRow, summarise } from './summary';

/** Figures of a stream beside those of Wireshark; each term opens its definition. */
export function Summary({ stream }: { readonly stream: StreamRow }) {
  return (
    <div className={styles.summary} tabIndex={0} role="region" aria-label="Summary">
      <table className={styles.figures}>
        <thead>
          <tr>
            <th />
            <th scope="col">Tapdeck</th>
            <th scope="col">Wireshark shows</th>
          </tr>
        </thead>
        <tbody>
          {summarise(stream).map((group) => (
            <Fragment key={group.title}>
              <tr>
                <th className={styles.group} colSpan={3} scope="colgroup">
                  {group.title}
                </th>
              </tr>
              {group.rows.map((row) => (
                <Figure key={row.term} row={row} />
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Figure({ row }: { readonly row: SummaryRow }) {
  const definition = row.definition === null ? null : definitions[row.definition];
  const isText = row.wireshark === null && row.value.length > 14;
  return (
    <tr data-differs={row.reason !== null || undefined}>
      <th scope="row">{definition ? <Term term={row.term} definition={definition} /> : row.term}</th>
      <td colSpan={isText ? 2 : 1} className={isText ? styles.words : undefined}>
        {row.value}
      </td>
      {!isText && <td>{row.reason === null ? (row.wireshark ?? '') : <Difference row={row} reason={row.reason} />}</td>}
    </tr>
  );
}

function Term({ term, definition }: { readonly term: string; readonly definition: Definition }) {
  return (
    <Popover width={340} position="right-start" withArrow withinPortal>
      <Popover.Target>
        <button type="button" className={styles.term}>
          {term}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={styles.definition}>
        <p>{definition.meaning}</p>
        {definition.formula && <code>{definition.formula}</code>}
        <p className={styles.source}>{definition.source}</p>
      </Popover.Dropdown>
    </Popover>
  );
}

function Difference({ row, reason }: { readonly row: SummaryRow; readonly reason: string }) {
  return (
    <Popover width={320} position="left-start" withArrow withinPortal>
      <Popover.Target>
        <button type="button" className={styles.difference} title={reason}>
          ≠ {row.wireshark}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={styles.definition}>
        <p>{reason}</p>
      </Popover.Dropdown>
    </Popover>
  );
}
