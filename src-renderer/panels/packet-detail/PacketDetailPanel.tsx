import { Button, Menu, SegmentedControl } from '@mantine/core';
import { useRef, useState } from 'react';
import type { PacketDetail } from '#shared/model/packet';
import { canFollow, followConversation, packetsOf, showPackets } from '../../app/commands';
import { perform, useQuery } from '../../bridge';
import { useSelection } from '../../stores/selection';
import { useCaptureId } from '../../stores/session';
import { formatInteger } from '../../widgets/format';
import { HexView } from '../../widgets/HexView/HexView';
import { Icon } from '../../widgets/Icon';
import { LayerTree } from '../../widgets/LayerTree/LayerTree';
import { pathToByte, type TreeNode, visibleNodes } from '../../widgets/LayerTree/tree-nodes';
import { useElementSize } from '../../widgets/use-element-size';
import { PanelNote } from '../PanelNote';
import { bytesAsHex, bytesAsText, layersAsText } from './copy';
import styles from './packet-detail.module.css';

/** Narrower than this, the bytes stand below the layers. */
const wideFrom = 760;

/** Layers and bytes of the selected frame. */
export function PacketDetailPanel() {
  const captureId = useCaptureId();
  const frame = useSelection((state) => state.frame);
  const detail = useQuery('packet:detail', captureId && frame !== null ? { captureId, frame } : null);
  // The last packet stays while the next one is on its way, so that running down a table does not flicker.
  const [shown, setShown] = useState<PacketDetail | null>(null);
  if (detail.value !== null && detail.value !== shown) setShown(detail.value);
  if (frame === null || captureId === null) {
    return <PanelNote title="No packet selected">Select a packet to see its layers and bytes.</PanelNote>;
  }
  if (detail.failure) return <PanelNote title="The packet could not be read">{detail.failure.message}</PanelNote>;
  return shown && <Detail detail={shown} />;
}

/** What the user opened and closed, by kind of layer or field: it stays from packet to packet. */
const rememberedKinds = new Map<string, boolean>();

function Detail({ detail }: { readonly detail: PacketDetail }) {
  const { layers, buffers, row } = detail;
  const root = useRef<HTMLDivElement>(null);
  const isWide = useElementSize(root, { width: 420, height: 500 }).width >= wideFrom;
  const [kinds, setKinds] = useState<ReadonlyMap<string, boolean>>(rememberedKinds);
  const [selected, setSelected] = useState<{ readonly id: string; readonly kind: string } | null>(null);
  const [chosenBuffer, setBuffer] = useState(0);
  const innermost = layers.filter(({ id }) => id !== 'data' && id !== 'trailer').at(-1)?.id;
  const isOpen = (kind: string): boolean => kinds.get(kind) ?? kind === innermost;
  const nodes = visibleNodes(layers, isOpen);
  // Another packet has other places, but often the same kinds of fields.
  const node = nodes.find(({ id, kind }) => id === selected?.id && kind === selected.kind) ?? null;
  const buffer = Math.min(node?.buffer ?? chosenBuffer, buffers.length - 1);
  const bytes = buffers[buffer]?.bytes ?? new Uint8Array(0);
  const marked = node && node.buffer === buffer ? { offset: node.offset, length: node.length } : null;

  const open = (changes: readonly (readonly [string, boolean])[]): void => {
    for (const [kind, isNowOpen] of changes) rememberedKinds.set(kind, isNowOpen);
    setKinds(new Map(rememberedKinds));
  };
  const select = (target: TreeNode): void => {
    setSelected({ id: target.id, kind: target.kind });
    setBuffer(target.buffer);
  };
  const selectByte = (offset: number): void => {
    const path = pathToByte(layers, buffer, offset);
    const target = path.at(-1);
    if (!target) return;
    open(path.slice(0, -1).map(({ kind }) => [kind, true]));
    select(target);
  };
  const markedBytes =
    marked && marked.length > 0 ? bytes.subarray(marked.offset, marked.offset + marked.length) : bytes;
  const copy = (text: string): void => void perform('app:copy-text', { text });

  return (
    <div ref={root} className={styles.panel} data-wide={isWide || undefined}>
      <div className={styles.bar} role="toolbar" aria-label="Packet">
        <span className={styles.title}>
          Packet {formatInteger(row.number)} <span className={styles.dim}>{row.protocol}</span>
        </span>
        <Button
          variant="subtle"
          color="gray"
          disabled={!canFollow(row.conversation)}
          onClick={() => canFollow(row.conversation) && followConversation(row.conversation)}
        >
          Follow stream
        </Button>
        {(row.stream ?? row.call) !== null && (
          <Button
            variant="subtle"
            color="gray"
            onClick={() => showPackets(packetsOf(row.stream ?? row.call ?? ''), row.number)}
          >
            {row.stream ? 'Its RTP stream' : 'Its call'}
          </Button>
        )}
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="subtle" color="gray" leftSection={<Icon name="copy" size={14} />}>
              Copy
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => copy(bytesAsHex(markedBytes))}>
              {marked?.length ? 'Selected bytes as hex' : 'All bytes as hex'}
            </Menu.Item>
            <Menu.Item onClick={() => copy(bytesAsText(markedBytes))}>
              {marked?.length ? 'Selected bytes as text' : 'All bytes as text'}
            </Menu.Item>
            <Menu.Item onClick={() => copy(layersAsText(layers))}>Layers as text</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      <div className={styles.parts}>
        <div className={styles.tree}>
          <LayerTree
            nodes={nodes}
            isOpen={isOpen}
            selectedId={node?.id ?? null}
            onSelect={select}
            onToggle={(kind, isNowOpen) => open([[kind, isNowOpen]])}
            onCopy={(target) => copy(`${target.name}: ${target.value}`)}
          />
        </div>
        <div className={styles.bytes}>
          {buffers.length > 1 && (
            <SegmentedControl
              aria-label="Bytes of"
              value={String(buffer)}
              onChange={(value) => {
                setSelected(null);
                setBuffer(Number(value));
              }}
              data={buffers.map(({ title }, index) => ({ value: String(index), label: title }))}
            />
          )}
          <div className={styles.hex}>
            <HexView
              bytes={bytes}
              label={`Bytes of packet ${row.number}`}
              marked={marked}
              onByte={selectByte}
              onCopy={() => copy(bytesAsHex(markedBytes))}
            />
          </div>
        </div>
      </div>
    </div>
  );
}
