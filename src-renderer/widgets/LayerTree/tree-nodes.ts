import type { PacketField, PacketLayer } from '#shared/model/packet';

/** One line of the tree. */
export interface TreeNode {
  /** Place in the tree: `2/0/3`. */
  readonly id: string;
  /** What it is, whatever the packet: what stays open from one packet to the next. */
  readonly kind: string;
  readonly depth: number;
  readonly name: string;
  readonly value: string;
  readonly buffer: number;
  readonly offset: number;
  readonly length: number;
  readonly hasChildren: boolean;
  readonly diagnostic: string | null;
}

export type IsOpen = (kind: string) => boolean;

/** The lines that are seen while those of which `isOpen` holds are open. */
export function visibleNodes(layers: readonly PacketLayer[], isOpen: IsOpen): TreeNode[] {
  const nodes: TreeNode[] = [];
  layers.forEach((layer, index) => {
    const node = layerNode(layer, String(index));
    nodes.push(node);
    if (isOpen(node.kind)) addFields(nodes, layer.fields, node, layer.buffer, isOpen);
  });
  return nodes;
}

function addFields(
  nodes: TreeNode[],
  fields: readonly PacketField[],
  parent: TreeNode,
  buffer: number,
  isOpen: IsOpen,
) {
  fields.forEach((field, index) => {
    const node = fieldNode(field, `${parent.id}/${index}`, parent, buffer);
    nodes.push(node);
    if (isOpen(node.kind)) addFields(nodes, field.children, node, buffer, isOpen);
  });
}

/** The lines from a layer down to its innermost field that covers a byte; empty when none does. */
export function pathToByte(layers: readonly PacketLayer[], buffer: number, offset: number): TreeNode[] {
  let best: TreeNode[] = [];
  const consider = (path: TreeNode[]): void => {
    const node = path[path.length - 1];
    if (!covers(node, buffer, offset)) return;
    const known = best.at(-1);
    if (!known || node.length < known.length || (node.length === known.length && path.length > best.length))
      best = path;
  };
  const descend = (fields: readonly PacketField[], path: TreeNode[]): void => {
    const parent = path[path.length - 1];
    fields.forEach((field, index) => {
      const own = [...path, fieldNode(field, `${parent.id}/${index}`, parent, parent.buffer)];
      consider(own);
      descend(field.children, own);
    });
  };
  layers.forEach((layer, index) => {
    // The frame covers every byte and says nothing about any.
    if (layer.id === 'frame' || layer.buffer !== buffer) return;
    const path = [layerNode(layer, String(index))];
    consider(path);
    descend(layer.fields, path);
  });
  return best;
}

function covers(node: TreeNode, buffer: number, offset: number): boolean {
  return node.buffer === buffer && offset >= node.offset && offset < node.offset + node.length;
}

function layerNode(layer: PacketLayer, id: string): TreeNode {
  const { title: name, summary: value, buffer, offset, length, diagnostic } = layer;
  const hasChildren = layer.fields.length > 0;
  return { id, kind: layer.id, depth: 0, name, value, buffer, offset, length, hasChildren, diagnostic };
}

function fieldNode(field: PacketField, id: string, parent: TreeNode, buffer: number): TreeNode {
  const { name, value, offset, length } = field;
  const hasChildren = field.children.length > 0;
  const kind = `${parent.kind}/${name}`;
  return { id, kind, depth: parent.depth + 1, name, value, buffer, offset, length, hasChildren, diagnostic: null };
}
