import { printable } from './text-table';

/** Where a command writes. */
export interface Output {
  write(text: string): unknown;
  /** A person looks at it. */
  readonly isTTY?: boolean;
}

const intervalMs = 100;
const eraseLine = '\r\u001b[K';

/** One line of progress on a terminal, written anew in place; nothing where no person looks. */
export class ProgressLine {
  private shownAt = 0;
  private isShown = false;

  constructor(private readonly output: Output) {}

  show(text: string): void {
    const now = Date.now();
    if (!this.output.isTTY || now - this.shownAt < intervalMs) return;
    this.shownAt = now;
    this.isShown = true;
    this.output.write(`${eraseLine}${printable(text)}`);
  }

  clear(): void {
    if (this.isShown) this.output.write(eraseLine);
    this.isShown = false;
  }
}
