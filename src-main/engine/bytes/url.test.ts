import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveUrl } from './url';

const base = 'http://a/b/c/d;p?q';

describe('resolveUrl', () => {
  // RFC 3986, sections 5.4.1 and 5.4.2, without fragments.
  it.each([
    ['g:h', 'g:h'],
    ['g', 'http://a/b/c/g'],
    ['./g', 'http://a/b/c/g'],
    ['g/', 'http://a/b/c/g/'],
    ['/g', 'http://a/g'],
    ['//g', 'http://g'],
    ['?y', 'http://a/b/c/d;p?y'],
    ['g?y', 'http://a/b/c/g?y'],
    [';x', 'http://a/b/c/;x'],
    ['', 'http://a/b/c/d;p?q'],
    ['.', 'http://a/b/c/'],
    ['./', 'http://a/b/c/'],
    ['..', 'http://a/b/'],
    ['../g', 'http://a/b/g'],
    ['../..', 'http://a/'],
    ['../../g', 'http://a/g'],
    ['../../../g', 'http://a/g'],
    ['/../g', 'http://a/g'],
    ['g.', 'http://a/b/c/g.'],
    ['..g', 'http://a/b/c/..g'],
    ['./g/.', 'http://a/b/c/g/'],
    ['g/../h', 'http://a/b/c/h'],
  ])('%s', (reference, expected) => expect(resolveUrl(base, reference)).toBe(expected));

  it('agrees with the standard for plain paths', () => {
    const segment = fc.constantFrom('a', 'b.ts', '..', '.', 'x1');
    fc.assert(
      fc.property(
        fc.array(segment, { minLength: 1, maxLength: 6 }),
        fc.array(segment, { maxLength: 5 }),
        (to, from) => {
          const page = new URL(`http://host:8088/${from.join('/')}`).href;
          expect(resolveUrl(page, to.join('/'))).toBe(new URL(to.join('/'), page).href);
        },
      ),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => typeof resolveUrl(a, b) === 'string'));
  });
});
