/** Puts the cursor into the filter box of the table in use, or of the first one in view. */
export function focusFilter(): void {
  const boxes = [...document.querySelectorAll<HTMLInputElement>('input[data-grid-filter]')];
  const shown = boxes.filter((box) => box.checkVisibility());
  const panel = document.activeElement?.closest('[data-panel]');
  const box = shown.find((candidate) => panel?.contains(candidate)) ?? shown[0];
  box?.focus();
  box?.select();
}
