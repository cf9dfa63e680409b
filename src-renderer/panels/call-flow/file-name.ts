/** Name to suggest for a picture of a call flow: from its Call-ID, without what file systems dislike. */
export function ladderFileName(callId: string, extension: 'svg' | 'png'): string {
  const safe = callId
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}@+.-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  return `call-flow${safe === '' ? '' : `-${safe}`}.${extension}`;
}
