/** What goes wrong inside is told on stderr; nobody gets a dialog about it. */
export function report(message: string): void {
  process.stderr.write(`[tapdeck] ${message}\n`);
}

/** An error that nobody caught is told and survived: the window and the capture in it are worth more. */
export function reportUncaughtErrors(): void {
  const describe = (error: unknown): string =>
    error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.on('uncaughtException', (error) => report(`uncaught error: ${describe(error)}`));
  process.on('unhandledRejection', (error) => report(`unhandled rejection: ${describe(error)}`));
}
