import { type KeyboardEvent, useEffect, useEffectEvent, useId, useRef } from 'react';
import { Icon } from '../Icon';
import styles from './LayerTree.module.css';
import type { TreeNode } from './tree-nodes';

/** The nearest line above that is less deep; the line itself when it is a layer. */
function parentIndex(nodes: readonly TreeNode[], index: number): number {
  let at = index;
  while (at > 0 && nodes[at].depth >= nodes[index].depth) at -= 1;
  return nodes[at].depth < nodes[index].depth ? at : index;
}

interface LayerTreeProps {
  readonly nodes: readonly TreeNode[];
  readonly isOpen: (kind: string) => boolean;
  readonly selectedId: string | null;
  readonly onSelect: (node: TreeNode) => void;
  readonly onToggle: (kind: string, isOpen: boolean) => void;
  /** Ctrl+C. */
  readonly onCopy: (node: TreeNode) => void;
}

/** The layers of a packet with their fields. */
export function LayerTree({ nodes, isOpen, selectedId, onSelect, onToggle, onCopy }: LayerTreeProps) {
  const prefix = useId();
  const root = useRef<HTMLDivElement>(null);
  const index = nodes.findIndex(({ id }) => id === selectedId);
  const elementId = (id: string): string => `${prefix}-${id}`;

  const showSelected = useEffectEvent((id: string | null) => {
    if (id !== null) document.getElementById(elementId(id))?.scrollIntoView?.({ block: 'nearest' });
  });
  useEffect(() => showSelected(selectedId), [selectedId]);

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const node = nodes[index] as TreeNode | undefined;
    const go = (to: number): void => {
      const target = nodes[Math.min(nodes.length - 1, Math.max(0, to))];
      if (target) onSelect(target);
    };
    switch (event.key) {
      case 'ArrowDown':
        go(index + 1);
        break;
      case 'ArrowUp':
        go(index < 0 ? 0 : index - 1);
        break;
      case 'Home':
        go(0);
        break;
      case 'End':
        go(nodes.length - 1);
        break;
      case 'ArrowRight':
        if (node?.hasChildren && !isOpen(node.kind)) onToggle(node.kind, true);
        else if (node?.hasChildren) go(index + 1);
        break;
      case 'ArrowLeft':
        if (node?.hasChildren && isOpen(node.kind)) onToggle(node.kind, false);
        else if (node) go(parentIndex(nodes, index));
        break;
      case 'Enter':
        if (node?.hasChildren) onToggle(node.kind, !isOpen(node.kind));
        break;
      default:
        if (!(event.key.toLowerCase() === 'c' && (event.ctrlKey || event.metaKey) && node)) return;
        onCopy(node);
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={root}
      role="tree"
      aria-label="Layers"
      tabIndex={0}
      className={styles.tree}
      aria-activedescendant={index >= 0 ? elementId(nodes[index].id) : undefined}
      onKeyDown={onKeyDown}
    >
      {nodes.map((node) => (
        <div
          key={node.id}
          id={elementId(node.id)}
          role="treeitem"
          aria-level={node.depth + 1}
          aria-selected={node.id === selectedId}
          aria-expanded={node.hasChildren ? isOpen(node.kind) : undefined}
          className={styles.node}
          data-layer={node.depth === 0 || undefined}
          style={{ paddingLeft: 6 + 16 * node.depth }}
          title={node.diagnostic ?? undefined}
          onClick={() => onSelect(node)}
          onDoubleClick={() => node.hasChildren && onToggle(node.kind, !isOpen(node.kind))}
        >
          <span
            className={styles.toggle}
            data-open={(node.hasChildren && isOpen(node.kind)) || undefined}
            onClick={(event) => {
              if (!node.hasChildren) return;
              event.stopPropagation();
              onToggle(node.kind, !isOpen(node.kind));
            }}
            onDoubleClick={(event) => event.stopPropagation()}
          >
            {node.hasChildren && <Icon name="chevron" size={12} />}
          </span>
          <span className={styles.name}>{node.name}</span>
          <span className={styles.value}>{node.value}</span>
          {node.diagnostic && (
            <span className={styles.fault}>
              <Icon name="warning" size={12} label="Warning" /> {node.diagnostic}
            </span>
          )}
        </div>
      ))}
    </div>
  );
}
