import { app, type Session, type WebContents } from 'electron';
import { appOrigin, isAllowedRequest, type RendererOrigin } from './policy';

/** The built page, or the development server's one; an installed program never listens to the environment. */
export function rendererOrigin(): RendererOrigin {
  const url = process.env['ELECTRON_RENDERER_URL'];
  if (url && !app.isPackaged) return { url, origin: new URL(url).origin, isDevelopment: true };
  return { url: `${appOrigin}/index.html`, origin: appOrigin, isDevelopment: false };
}

/** Denies everything that a page could ask of a browser but the whole screen: permissions, devices, and the network. */
export function lockSession(session: Session, renderer: RendererOrigin): void {
  session.setPermissionRequestHandler((_contents, permission, answer) => answer(permission === 'fullscreen'));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isAllowedRequest(url, renderer) }));
}

/** Keeps a page where it is: no navigation, no second window, no webview. */
export function lockContents(contents: WebContents, { url, isDevelopment }: RendererOrigin): void {
  const deny = (event: { preventDefault(): void }): void => event.preventDefault();
  contents.on('will-navigate', (event, target) => {
    const isReload = isDevelopment && new URL(target).href === new URL(url).href;
    if (!isReload) deny(event);
  });
  contents.on('will-redirect', deny);
  contents.on('will-attach-webview', deny);
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}
