/** Where the window's page comes from. */
export interface RendererOrigin {
  /** First page. */
  readonly url: string;
  /** `app://tapdeck`, or the development server's `http://localhost:5173`. */
  readonly origin: string;
  readonly isDevelopment: boolean;
}

export const appOrigin = 'app://tapdeck';

/**
 * Everything comes from the program itself. Styles may be inline because the component library sets CSS variables in
 * style elements; scripts never are.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  'media-src media: blob:',
  "connect-src 'self' media:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const localSchemes = ['app:', 'media:', 'blob:', 'data:', 'devtools:'];

/** Whether a page may load `url` at all: nothing ever goes to a network, but for the development server. */
export function isAllowedRequest(url: string, { origin, isDevelopment }: RendererOrigin): boolean {
  if (localSchemes.some((scheme) => url.startsWith(scheme))) return true;
  return isDevelopment && [origin, origin.replace(/^http/, 'ws')].some((base) => url.startsWith(`${base}/`));
}

/** Only the main frame of our own window, showing our own page, may give commands. */
export function isTrustedSender(
  frame: { readonly url: string; readonly parent: unknown } | null,
  { origin }: RendererOrigin,
): boolean {
  return frame !== null && frame.parent === null && frame.url.startsWith(`${origin}/`);
}
