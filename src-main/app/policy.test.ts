import { describe, expect, it } from 'vitest';
import { appOrigin, contentSecurityPolicy, isAllowedRequest, isTrustedSender } from './policy';

const built = { url: `${appOrigin}/index.html`, origin: appOrigin, isDevelopment: false };
const served = { url: 'http://localhost:5173', origin: 'http://localhost:5173', isDevelopment: true };

describe('isTrustedSender', () => {
  it('takes the main frame of our page', () => {
    expect(isTrustedSender({ url: 'app://tapdeck/index.html', parent: null }, built)).toBe(true);
    expect(isTrustedSender({ url: 'http://localhost:5173/', parent: null }, served)).toBe(true);
  });

  it.each([
    ['a frame that is gone', null],
    ['a frame inside the page', { url: 'app://tapdeck/index.html', parent: {} }],
    ['another page', { url: 'https://example.org/', parent: null }],
    ['a host that only begins alike', { url: 'app://tapdeck.example.org/', parent: null }],
    ['a file', { url: 'file:///app://tapdeck/', parent: null }],
    ['the development server of a built page', { url: 'http://localhost:5173/', parent: null }],
  ])('refuses %s', (_what, frame) => {
    expect(isTrustedSender(frame, built)).toBe(false);
  });
});

describe('isAllowedRequest', () => {
  it('lets nothing reach a network', () => {
    expect(isAllowedRequest('app://tapdeck/assets/index.js', built)).toBe(true);
    expect(isAllowedRequest('media://artifact/a1', built)).toBe(true);
    for (const url of [
      'https://example.org/',
      'http://localhost:5173/',
      'file:///etc/passwd',
      'ws://localhost:5173/',
    ]) {
      expect(isAllowedRequest(url, built)).toBe(false);
    }
  });

  it('lets the development server through while developing', () => {
    expect(isAllowedRequest('http://localhost:5173/main.tsx', served)).toBe(true);
    expect(isAllowedRequest('ws://localhost:5173/?token=x', served)).toBe(true);
    expect(isAllowedRequest('http://localhost:51730/', served)).toBe(false);
  });
});

describe('contentSecurityPolicy', () => {
  it('allows no inline script and no evaluation', () => {
    const scripts = contentSecurityPolicy.split('; ').find((directive) => directive.startsWith('script-src'));
    expect(scripts).toBe("script-src 'self'");
  });
});
