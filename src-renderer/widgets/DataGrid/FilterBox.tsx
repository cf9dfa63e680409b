import { ActionIcon, Popover, TextInput } from '@mantine/core';
import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react';
import type { ColumnDefinition } from '#shared/model/table';
import { completeFilter, type FilterCompletion } from '#shared/query/complete-filter';
import { Icon } from '../Icon';
import styles from './DataGrid.module.css';

interface FilterBoxProps {
  readonly text: string;
  readonly columns: readonly ColumnDefinition[];
  readonly label: string;
  readonly hint: string;
  readonly isFaulty: boolean;
  readonly onChange: (text: string) => void;
  /** Down from the box: into the rows. */
  readonly onLeave: () => void;
}

/** Where a filter is written, with proposals for what it can go on with (Ctrl+Space shows all of them). */
export function FilterBox({ text, columns, label, hint, isFaulty, onChange, onLeave }: FilterBoxProps) {
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const [proposals, setProposals] = useState<readonly FilterCompletion[]>([]);
  const [active, setActive] = useState(-1);
  /** Where the caret belongs after a proposal was taken. */
  const [caret, setCaret] = useState<number | null>(null);
  const isOpen = proposals.length > 0;

  useLayoutEffect(() => {
    if (caret !== null) input.current?.setSelectionRange(caret, caret);
  }, [caret, text]);

  const propose = (value: string, at: number, isAsked: boolean): void => {
    const isTyping = /[^\s()"]$/.test(value.slice(0, at));
    setProposals(isTyping || isAsked ? completeFilter(value, at, columns) : []);
    setActive(-1);
  };
  const close = (): void => setProposals([]);
  const take = ({ insert, from, to }: FilterCompletion): void => {
    const next = text.slice(0, from) + insert + text.slice(to);
    onChange(next);
    setCaret(from + insert.length);
    // After a name its values can be proposed at once.
    propose(next, from + insert.length, insert.endsWith(':'));
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const { key } = event;
    if (key === ' ' && event.ctrlKey) propose(text, event.currentTarget.selectionStart ?? text.length, true);
    else if (isOpen && (key === 'ArrowDown' || key === 'ArrowUp')) {
      const step = key === 'ArrowDown' ? 1 : -1;
      setActive((active + step + proposals.length + (active < 0 && step < 0 ? 1 : 0)) % proposals.length);
    } else if (isOpen && key === 'Enter' && active >= 0) take(proposals[active]);
    else if (isOpen && key === 'Tab' && !event.shiftKey) take(proposals[Math.max(0, active)]);
    else if (key === 'Escape' && isOpen) close();
    else if (key === 'Escape' && text !== '') onChange('');
    else if (key === 'Escape' || key === 'ArrowDown' || key === 'Enter') {
      close();
      onLeave();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <Popover
      opened={isOpen}
      position="bottom-start"
      offset={2}
      withinPortal
      shadow="md"
      transitionProps={{ duration: 0 }}
      classNames={{ dropdown: styles.proposals }}
    >
      <Popover.Target>
        <TextInput
          ref={input}
          className={styles.filter}
          size="xs"
          value={text}
          placeholder={hint}
          role="combobox"
          aria-label={label}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-expanded={isOpen}
          aria-controls={isOpen ? listId : undefined}
          aria-activedescendant={isOpen && active >= 0 ? `${listId}-${active}` : undefined}
          aria-invalid={isFaulty}
          error={isFaulty}
          data-grid-filter
          spellCheck={false}
          autoComplete="off"
          leftSection={<Icon name="filter" size={13} />}
          rightSection={
            text !== '' && (
              <ActionIcon size="xs" variant="subtle" aria-label="Clear filter" onClick={() => onChange('')}>
                <Icon name="close" size={12} />
              </ActionIcon>
            )
          }
          onChange={(event) => {
            const { value, selectionStart } = event.currentTarget;
            setCaret(null);
            onChange(value);
            propose(value, selectionStart ?? value.length, false);
          }}
          onBlur={close}
          onKeyDown={onKeyDown}
        />
      </Popover.Target>
      <Popover.Dropdown>
        <ul id={listId} role="listbox" aria-label="Proposals for the filter" className={styles.proposalList}>
          {proposals.map((proposal, index) => (
            <li
              key={proposal.label}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === active}
              ref={index === active ? scrollIntoView : undefined}
              // Before the box loses the focus, which would close the list.
              onPointerDown={(event) => {
                event.preventDefault();
                take(proposal);
              }}
            >
              <code>{proposal.label}</code>
              <span>{proposal.detail}</span>
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}

function scrollIntoView(element: HTMLElement | null): void {
  element?.scrollIntoView?.({ block: 'nearest' });
}
