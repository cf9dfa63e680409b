import '../testing/dom';
import { describe, expect, it } from 'vitest';
import type { PanelDefinition } from './definition';

const modules = import.meta.glob<Record<string, unknown>>('./*/index.ts');

function isPanel(value: unknown): value is PanelDefinition {
  return typeof value === 'object' && value !== null && 'placement' in value && 'component' in value;
}

describe('panels', () => {
  it('are all registered, under the name of their folder', async () => {
    const exported: string[] = [];
    for (const [path, load] of Object.entries(modules)) {
      for (const { id } of Object.values(await load()).filter(isPanel)) {
        expect(path).toBe(`./${id}/index.ts`);
        exported.push(id);
      }
    }
    const { panels } = await import('./index');
    const registered = panels.values().map(({ id }) => id);
    expect(registered.sort()).toEqual(exported.sort());
    expect(exported.length).toBeGreaterThanOrEqual(6);
  });
});
