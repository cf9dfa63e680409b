/**
 * The one cursor as a widget sees it: a value in seconds that can be watched without rendering.
 * Widgets move a line by hand on each change, so that 60 changes a second cost no React work.
 */
export interface PlayheadSource {
  /** Seconds since the first frame of the capture; null when there is no cursor. */
  get(): number | null;
  /** Calls back after each change; returns the function that unsubscribes. */
  subscribe(listener: () => void): () => void;
}
