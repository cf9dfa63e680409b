/** A segment as a player sees it. */
export interface Delivery {
  /** When its last byte came, seconds. */
  readonly arrivedSeconds: number;
  readonly durationSeconds: number;
}

/** What a player has when a segment has come. */
export interface Buffered {
  /** Media that is there and not yet played, seconds. */
  readonly bufferSeconds: number;
  /** How long it had to stop and wait for this segment; 0 when it had not. */
  readonly stalledSeconds: number;
}

/**
 * Would the viewer have had to wait? A player that starts as soon as its first segment is there, plays in order at
 * normal speed and waits when it has nothing left: the least patient player there is. Real ones gather more before they
 * start, and wait later.
 */
export function bufferModel(deliveries: readonly Delivery[]): Buffered[] {
  /** When playing what has come so far will be over. */
  let playedOut = Number.NaN;
  return deliveries.map(({ arrivedSeconds, durationSeconds }) => {
    const stalledSeconds = playedOut < arrivedSeconds ? arrivedSeconds - playedOut : 0;
    playedOut = (playedOut >= arrivedSeconds ? playedOut : arrivedSeconds) + durationSeconds;
    return { bufferSeconds: playedOut - arrivedSeconds, stalledSeconds };
  });
}
