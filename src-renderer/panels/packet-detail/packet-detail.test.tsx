import '../../testing/dom';
import { MantineProvider } from '@mantine/core';
import { cleanup, render, screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PacketDetail, PacketField } from '#shared/model/packet';
import { selectionActions } from '../../stores/selection';
import { useSession } from '../../stores/session';
import { pathToByte } from '../../widgets/LayerTree/tree-nodes';
import { bytesAsHex, layersAsText } from './copy';
import { PacketDetailPanel } from './PacketDetailPanel';

const field = (name: string, value: string, offset: number, length: number, children: PacketField[] = []) => ({
  name,
  value,
  offset,
  length,
  children,
});
const layer = { buffer: 0, diagnostic: null };
const detail: PacketDetail = {
  row: {
    id: '7',
    number: 7,
    timeSeconds: 1,
    source: 'a',
    destination: 'b',
    protocol: 'UDP',
    length: 12,
    info: '',
    sourcePort: 1,
    destinationPort: 2,
    conversation: 'udp-3',
    stream: null,
    call: null,
  },
  buffers: [{ title: 'Frame', bytes: Uint8Array.from({ length: 12 }, (_, i) => i + 0x40) }],
  layers: [
    { ...layer, id: 'frame', title: 'Frame 7', summary: '12 bytes', offset: 0, length: 12, fields: [] },
    {
      ...layer,
      id: 'ipv4',
      title: 'IPv4',
      summary: 'a → b',
      offset: 0,
      length: 4,
      fields: [field('Flags', '0x01', 0, 2, [field('DF', 'true', 1, 1)]), field('Protocol', '17', 2, 1)],
    },
    {
      ...layer,
      id: 'udp',
      title: 'UDP',
      summary: '1 → 2',
      offset: 4,
      length: 8,
      fields: [field('Source Port', '1', 4, 2)],
      diagnostic: 'Cut short.',
    },
  ],
};

const invoke = vi.fn(
  async (name: string): Promise<unknown> => ({ ok: true, value: name === 'packet:detail' ? detail : null }),
);
Object.assign(window, { tapdeck: { invoke, on: () => () => {}, pathForFile: () => '' } });

beforeEach(() => {
  invoke.mockClear();
  useSession.setState({ capture: { captureId: 'c1' } as never });
  selectionActions.selectFrame(7);
});
afterEach(cleanup);

async function show() {
  render(
    <MantineProvider env="test">
      <PacketDetailPanel />
    </MantineProvider>,
  );
  const tree = await screen.findByRole('tree', { name: 'Layers' });
  const names = (): (string | null)[] =>
    within(tree)
      .getAllByRole('treeitem')
      .map((item) => item.textContent);
  const marked = (): number[] =>
    [...document.querySelectorAll('[data-marked][data-at]')].map((byte) => Number(byte.getAttribute('data-at')));
  return { user: userEvent.setup(), tree, names, marked };
}

describe('PacketDetailPanel', () => {
  it('opens the innermost layer, says what is wrong with it, and marks the bytes of a field', async () => {
    const { user, names, marked } = await show();
    expect(names()).toEqual(['Frame 712 bytes', 'IPv4a → b', 'UDP1 → 2 Cut short.', 'Source Port1']);
    await user.click(screen.getByRole('treeitem', { name: /Source Port/ }));
    // Each byte stands there twice: as a number and as text.
    expect(marked()).toEqual([4, 5, 4, 5]);
  });

  it('is walked by keyboard', async () => {
    const { user, tree, names, marked } = await show();
    tree.focus();
    await user.keyboard('{Home}{ArrowDown}{ArrowRight}{ArrowDown}{ArrowRight}{ArrowDown}');
    expect(names()).toEqual([
      'Frame 712 bytes',
      'IPv4a → b',
      'Flags0x01',
      'DFtrue',
      'Protocol17',
      'UDP1 → 2 Cut short.',
      'Source Port1',
    ]);
    expect(marked()).toEqual([1, 1]);
    await user.keyboard('{ArrowLeft}{ArrowLeft}');
    expect(screen.getByRole('treeitem', { selected: true }).textContent).toBe('Flags0x01');
    expect(names()).not.toContain('DFtrue');
    await user.keyboard('{Control>}c{/Control}');
    expect(invoke).toHaveBeenLastCalledWith('app:copy-text', { text: 'Flags: 0x01' });
  });

  it('goes from a byte to its innermost field', async () => {
    const { user, marked } = await show();
    await user.pointer({ keys: '[MouseLeft]', target: document.querySelector('[data-at="1"]') as Element });
    expect(screen.getByRole('treeitem', { selected: true }).textContent).toBe('DFtrue');
    expect(marked()).toEqual([1, 1]);
    expect(pathToByte(detail.layers, 0, 11).map(({ name }) => name)).toEqual(['UDP']);
    expect(pathToByte(detail.layers, 1, 1)).toEqual([]);
  });

  it('copies bytes and layers', () => {
    expect(bytesAsHex(Uint8Array.of(0, 255))).toBe('00 ff');
    expect(layersAsText(detail.layers).split('\n').slice(1, 4)).toEqual([
      'IPv4, a → b',
      '    Flags: 0x01',
      '        DF: true',
    ]);
  });
});
