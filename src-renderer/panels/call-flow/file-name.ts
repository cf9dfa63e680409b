/** Name to suggest for a picture of a call flow: from the call's parties, without what file systems dislike. */
export function ladderFileName(title: string, extension: 'svg' | 'png'): string {
  const safe = title
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}@+.-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  return `call-flow${safe === '' ? '' : `-${safe}`}.${extension}`;
}
