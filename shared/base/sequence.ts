/**
 * Extends a 16-bit RTP sequence number to a count without wraps: the extended value nearest to `reference`
 * whose low 16 bits are `sequence` (RFC 3550, Appendix A.1; RFC 3711, section 3.3.1 uses the same rule).
 */
export function extendSequence(sequence: number, reference: number): number {
  const delta = ((sequence - reference) << 16) >> 16;
  return reference + delta;
}

/** Extends a 32-bit RTP timestamp to a count without wraps, nearest to `reference` (any safe integer). */
export function extendTimestamp(timestamp: number, reference: number): number {
  // The conversion to 32 bits takes the difference modulo 2^32.
  const delta = (timestamp - reference) | 0;
  return reference + delta;
}
