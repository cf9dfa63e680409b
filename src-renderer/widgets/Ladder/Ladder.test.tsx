import { MantineProvider } from '@mantine/core';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Ladder as LadderModel, LadderItem } from '#shared/model/call';
import { darkPalette } from '../palette';
import type { PlayheadSource } from '../playhead-source';
import { Ladder, rowAfterKey } from './Ladder';
import { rowHeight } from './layout';
import { ladderToSvg } from './save';

function items(count: number): LadderItem[] {
  return Array.from({ length: count }, (_, index) => ({
    kind: 'message',
    id: `m${index}`,
    frame: index + 1,
    timeSeconds: index / 10,
    fromHost: index % 2,
    toHost: (index + 1) % 2,
    fromPort: 5060,
    toPort: 5060,
    label: index % 2 === 0 ? 'INVITE' : '200 OK',
    detail: '',
    dialog: 0,
    isRetransmission: index === 2,
  }));
}

function ladderOf(count: number): LadderModel {
  return {
    callId: 'call-1',
    hosts: [
      { address: '192.0.2.1', label: 'alice' },
      { address: '192.0.2.2', label: '192.0.2.2' },
    ],
    dialogs: [{ callId: 'x@y' }],
    items: items(count),
  };
}

function playheadAt(initial: number | null): PlayheadSource & { move(seconds: number | null): void } {
  let seconds = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => seconds,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    move(next) {
      seconds = next;
      for (const listener of listeners) listener();
    },
  };
}

beforeAll(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
});
afterEach(cleanup);

function show(props: Partial<React.ComponentProps<typeof Ladder>> = {}) {
  const onSelect = vi.fn();
  const onActivate = vi.fn();
  const playhead = playheadAt(0.25);
  render(
    <MantineProvider>
      <Ladder
        ladder={ladderOf(5)}
        selectedId={null}
        playhead={playhead}
        onSelect={onSelect}
        onActivate={onActivate}
        {...props}
      />
    </MantineProvider>,
  );
  return { onSelect, onActivate, playhead };
}

describe('Ladder', () => {
  it('shows every item in words, and marks retransmissions', () => {
    show();
    const options = screen.getAllByRole('option');
    expect(options).toHaveLength(5);
    expect(options[0].getAttribute('aria-label')).toContain('192.0.2.1 port 5060 → 192.0.2.2 port 5060');
    expect(options[2].getAttribute('aria-label')).toContain('(retransmission)');
    expect(options[2].querySelector('line')?.getAttribute('stroke-dasharray')).toBe('5 3');
  });

  it('puts only the rows in sight into the document', () => {
    show({ ladder: ladderOf(5000) });
    expect(screen.getAllByRole('option').length).toBeLessThan(80);
    expect(screen.getByRole('listbox').dataset.items).toBe('5000');
  });

  it('selects with the keyboard and opens with Enter', () => {
    const { onSelect, onActivate } = show({ selectedId: 'm1' });
    const listbox = screen.getByRole('listbox');
    fireEvent.keyDown(listbox, { key: 'ArrowDown' });
    expect(onSelect).toHaveBeenLastCalledWith(expect.objectContaining({ id: 'm2' }), 'keyboard');
    fireEvent.keyDown(listbox, { key: 'End' });
    expect(onSelect).toHaveBeenLastCalledWith(expect.objectContaining({ id: 'm4' }), 'keyboard');
    fireEvent.keyDown(listbox, { key: 'Enter' });
    expect(onActivate).toHaveBeenCalledWith(expect.objectContaining({ id: 'm1' }));
    const active = document.getElementById(listbox.getAttribute('aria-activedescendant') ?? '');
    expect(active?.getAttribute('aria-selected')).toBe('true');
    expect(active?.dataset.ladderItem).toBe('m1');
  });

  it('selects the row that is clicked', () => {
    const { onSelect } = show();
    const body = screen.getAllByRole('option')[0].closest('svg')?.parentElement?.parentElement;
    expect(body).toBeTruthy();
    if (body) fireEvent.click(body, { clientY: rowHeight * 3 + 5 });
    expect(onSelect).toHaveBeenCalledWith(expect.objectContaining({ id: 'm3' }), 'pointer');
  });

  it('moves the playhead without rendering', () => {
    const { playhead } = show();
    const line = screen.getByTestId('ladder-playhead');
    expect(line.style.transform).toBe('translateY(113.5px)');
    playhead.move(0.3);
    expect(line.style.transform).toBe('translateY(132.5px)');
    playhead.move(null);
    expect(line.style.visibility).toBe('hidden');
  });
});

describe('rowAfterKey', () => {
  it('stays inside', () => {
    expect(rowAfterKey('ArrowDown', 4, 5, 3)).toBe(4);
    expect(rowAfterKey('ArrowUp', 0, 5, 3)).toBe(0);
    expect(rowAfterKey('ArrowDown', -1, 5, 3)).toBe(0);
    expect(rowAfterKey('PageDown', 0, 5, 3)).toBe(3);
    expect(rowAfterKey('x', 0, 5, 3)).toBeNull();
  });
});

describe('ladderToSvg', () => {
  it('is well-formed XML that needs nothing from outside, whatever the capture says', () => {
    const ladder = ladderOf(3);
    const hostile: LadderModel = {
      ...ladder,
      items: ladder.items.map((item) => ({ ...item, label: '<script>&"\u0000\ud800', detail: ']]> <!--' })),
    };
    const svg = ladderToSvg(hostile, 'a & b', 900, darkPalette);
    const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
    expect(parsed.querySelector('parsererror')).toBeNull();
    expect(parsed.querySelector('script')).toBeNull();
    expect(parsed.documentElement.getAttribute('width')).toBe('924');
    expect(parsed.querySelectorAll('text').length).toBeGreaterThan(8);
    expect(svg).not.toContain('var(');
    expect(svg).not.toContain('undefined');
    expect(svg).not.toContain('href');
  });
});
