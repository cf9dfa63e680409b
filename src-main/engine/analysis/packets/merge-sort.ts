/** Operations between two chances to pause. */
const stride = 4096;

/**
 * Sorts numbers in small steps: natural merge sort, stable, linear where the order is almost right already. Yields
 * now and then; returns a new array. `isAfter(a, b)` says whether `a` belongs behind `b`.
 */
export function* mergeSort(
  items: Uint32Array<ArrayBuffer>,
  isAfter: (a: number, b: number) => boolean,
): Generator<void, Uint32Array<ArrayBuffer>> {
  let from = items;
  let to = new Uint32Array(items.length);
  let runs = yield* findRuns(from, isAfter);
  let budget = stride;
  while (runs.length > 2) {
    const merged: number[] = [0];
    for (let r = 0; r + 1 < runs.length; r += 2) {
      const middle = runs[r + 1];
      const end = r + 2 < runs.length ? runs[r + 2] : middle;
      let left = runs[r];
      let right = middle;
      for (let out = runs[r]; out < end; out += 1) {
        const takesRight = left >= middle || (right < end && isAfter(from[left], from[right]));
        to[out] = takesRight ? from[right++] : from[left++];
        budget -= 1;
        if (budget === 0) {
          budget = stride;
          yield;
        }
      }
      merged.push(end);
    }
    [from, to] = [to, from];
    runs = merged;
  }
  return from;
}

/** Where stretches begin that are in order; the end of the last one comes last. */
function* findRuns(items: Uint32Array, isAfter: (a: number, b: number) => boolean): Generator<void, readonly number[]> {
  const runs = [0];
  for (let i = 1; i < items.length; i += 1) {
    if (isAfter(items[i - 1], items[i])) runs.push(i);
    if (i % stride === 0) yield;
  }
  runs.push(items.length);
  return runs;
}
