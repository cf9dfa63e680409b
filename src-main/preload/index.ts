import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { CommandName, CommandResult, EventName, EventPayloads, TapdeckBridge } from '#shared/ipc/contract';

// The schemas themselves stay in the main process: these records only name the channels, and the compiler holds
// them to the contract.
const commands: Readonly<Record<CommandName, true>> = {
  'app:info': true,
  'app:open-dialog': true,
  'app:open-sample': true,
  'app:recent-files': true,
  'app:clear-recent-files': true,
  'app:set-theme': true,
  'app:copy-text': true,
  'app:save-text': true,
  'app:save-bytes': true,
  'capture:open': true,
  'capture:follow': true,
  'capture:cancel': true,
  'capture:close': true,
  'capture:current': true,
  'capture:wlan-networks': true,
  'capture:add-wlan-key': true,
  'capture:tls-summary': true,
  'capture:add-key-log': true,
  'capture:decode-as': true,
  'capture:set-decode-as': true,
  'table:definitions': true,
  'table:page': true,
  'timeline:get': true,
  'call:ladder': true,
  'call:message': true,
  'object:preview': true,
  'session:detail': true,
  'session:message': true,
  'stream:detail': true,
  'stream:series': true,
  'packet:detail': true,
  'packet:locate': true,
  'conversation:follow': true,
  'media:player': true,
  'media:video': true,
  'media:thumbnails': true,
  'media:video-pieces': true,
  'media:cancel-video': true,
  'export:start': true,
  'replay:start': true,
  'export:cancel': true,
  'export:dismiss': true,
  'export:show-in-folder': true,
};

const events: Readonly<Record<EventName, true>> = {
  'capture:opened': true,
  'capture:closed': true,
  'capture:progress': true,
  'capture:summary': true,
  'capture:failed': true,
  'tables:changed': true,
  'job:changed': true,
  'job:dismissed': true,
  'artifact:written': true,
  'media:video-progress': true,
  'media:video-making': true,
  'app:command': true,
};

const bridge: TapdeckBridge = {
  async invoke<Name extends CommandName>(name: Name, input: unknown): Promise<CommandResult<Name>> {
    if (!Object.hasOwn(commands, name)) throw new Error(`no such command: ${String(name)}`);
    return (await ipcRenderer.invoke(name, input)) as CommandResult<Name>;
  },
  on<Name extends EventName>(name: Name, listener: (payload: EventPayloads[Name]) => void): () => void {
    if (!Object.hasOwn(events, name)) throw new Error(`no such event: ${String(name)}`);
    const receive = (_event: unknown, payload: EventPayloads[Name]): void => listener(payload);
    ipcRenderer.on(name, receive);
    return () => void ipcRenderer.off(name, receive);
  },
  // Electron 29 moved a file's path from the file to webUtils and later removed it from the file.
  pathForFile(file: File & { readonly path?: string }): string {
    return webUtils ? webUtils.getPathForFile(file) : (file.path ?? '');
  },
};

contextBridge.exposeInMainWorld('tapdeck', bridge);
