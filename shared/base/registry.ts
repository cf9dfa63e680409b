/** Named things in the order of their registration; an id that stands twice is a programmer's error. */
export class Registry<T extends { readonly id: string }> {
  private readonly byId = new Map<string, T>();

  constructor(
    private readonly kind: string,
    items: readonly T[] = [],
  ) {
    for (const item of items) this.register(item);
  }

  register(item: T): void {
    if (this.byId.has(item.id)) throw new Error(`${this.kind} '${item.id}' is registered twice`);
    this.byId.set(item.id, item);
  }

  get(id: string): T | undefined {
    return this.byId.get(id);
  }

  values(): T[] {
    return [...this.byId.values()];
  }
}
