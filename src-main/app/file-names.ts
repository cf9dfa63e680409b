const forbidden = /[\u0000-\u001f\u007f<>:"/\\|?*]/g;
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** A file name that every system takes: no folder, no control character, no device, at most 120 characters. */
export function safeFileName(name: string): string {
  const plain = name.replace(forbidden, '_').replace(/^[. ]+|[. ]+$/g, '');
  const named = plain === '' ? 'untitled' : reserved.test(plain) ? `_${plain}` : plain;
  const dot = named.lastIndexOf('.');
  const extension = dot > 0 && named.length - dot <= 10 ? named.slice(dot) : '';
  return named.slice(0, named.length - extension.length).slice(0, 120 - extension.length) + extension;
}
