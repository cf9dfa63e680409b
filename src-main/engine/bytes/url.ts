interface UrlParts {
  readonly scheme: string | null;
  readonly authority: string | null;
  readonly path: string;
  readonly query: string | null;
}

/** Appendix B of RFC 3986; a fragment is dropped. */
const urlPattern = /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/i;

/** Longer references are no references. */
const maxLength = 16_384;

/**
 * The address that `reference` stands for in a document found at `base` (RFC 3986, section 5.2), without its fragment.
 * Never climbs above the root: `../../x` stays on the host.
 */
export function resolveUrl(base: string, reference: string): string {
  if (reference.length > maxLength) return base;
  const to = partsOf(reference.trim());
  const from = partsOf(base);
  if (to.scheme !== null) return textOf({ ...to, path: withoutDots(to.path) });
  if (to.authority !== null) return textOf({ ...to, scheme: from.scheme, path: withoutDots(to.path) });
  if (to.path === '') return textOf({ ...from, query: to.query ?? from.query });
  const path = to.path.startsWith('/') ? to.path : merged(from, to.path);
  return textOf({ scheme: from.scheme, authority: from.authority, path: withoutDots(path), query: to.query });
}

function partsOf(url: string): UrlParts {
  const [, scheme, authority, path = '', query] = urlPattern.exec(url) ?? [];
  return { scheme: scheme ?? null, authority: authority ?? null, path, query: query ?? null };
}

function merged({ authority, path }: UrlParts, reference: string): string {
  if (authority !== null && path === '') return `/${reference}`;
  return path.slice(0, path.lastIndexOf('/') + 1) + reference;
}

function withoutDots(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/');
  segments.forEach((segment, i) => {
    const isLast = i === segments.length - 1;
    if (segment === '..') {
      if (kept.length > 1 || (kept.length === 1 && kept[0] !== '')) kept.pop();
    } else if (segment !== '.') kept.push(segment);
    if (isLast && (segment === '.' || segment === '..')) kept.push('');
  });
  return kept.join('/');
}

function textOf({ scheme, authority, path, query }: UrlParts): string {
  const start = `${scheme === null ? '' : `${scheme}:`}${authority === null ? '' : `//${authority}`}`;
  return `${start}${path}${query === null ? '' : `?${query}`}`;
}
