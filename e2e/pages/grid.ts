import { expect, type Locator, type Page } from '@playwright/test';

/** A table of the window. Columns are named by their titles. */
export class Grid {
  readonly root: Locator;
  readonly rows: Locator;

  constructor(page: Page, id: string) {
    this.root = page.getByTestId(`grid-${id}`);
    this.rows = this.root.locator('[role=row][data-testid^="row-"]');
  }

  /** The row that shows all of these texts. */
  row(...texts: string[]): Locator {
    return texts.reduce((rows, text) => rows.filter({ hasText: text }), this.rows);
  }

  async cell(row: Locator, title: string): Promise<Locator> {
    return row.locator(`[role=gridcell][aria-colindex="${await this.columnIndex(title)}"]`);
  }

  /** What a column shows, from the top row to the last one in view. */
  async columnTexts(title: string): Promise<string[]> {
    const index = await this.columnIndex(title);
    const cells = await this.rows.evaluateAll(
      (rows, column) =>
        rows.map((row) => ({
          order: Number(row.getAttribute('aria-rowindex')),
          text: row.querySelector(`[aria-colindex="${column}"]`)?.textContent ?? '',
        })),
      index,
    );
    return cells.sort((a, b) => a.order - b.order).map(({ text }) => text);
  }

  async expectRowCount(count: number): Promise<void> {
    // The header is a row too.
    await expect(this.root.getByRole('grid')).toHaveAttribute('aria-rowcount', String(count + 1));
  }

  async sortBy(title: string): Promise<void> {
    await this.root.getByRole('columnheader', { name: title, exact: true }).getByRole('button').click();
  }

  async filter(text: string): Promise<void> {
    await this.root.getByRole('combobox').fill(text);
  }

  /** `12 rows`, `3 of 12`. */
  get count(): Locator {
    return this.root.getByRole('status');
  }

  private async columnIndex(title: string): Promise<number> {
    const header = this.root
      .getByRole('columnheader')
      .filter({ hasText: new RegExp(`^${escapePattern(title)}[▲▼]?$`) });
    return Number(await header.getAttribute('aria-colindex'));
  }
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
