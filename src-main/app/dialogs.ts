import { writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { app, type BrowserWindow, dialog, type FileFilter } from 'electron';
import { fail, ok, type Result } from '#shared/base/result';
import { sanitizeName } from '../media/file-names';

const captureFilter: FileFilter = {
  name: 'Network captures',
  extensions: ['pcap', 'pcapng', 'cap', 'ntar', 'snoop', 'erf', 'rtpdump', 'gz', 'zst'],
};
const anyFilter: FileFilter = { name: 'All files', extensions: ['*'] };

/** Asks for captures to open as one; none when the person changed their mind. */
export async function askForCaptures(window: BrowserWindow): Promise<readonly string[]> {
  const answer = await dialog.showOpenDialog(window, {
    title: 'Open Capture',
    properties: ['openFile', 'multiSelections'],
    filters: [captureFilter, anyFilter],
  });
  return answer.canceled ? [] : answer.filePaths;
}

/** Asks for a key log of TLS; null when the person changed their mind. */
export async function askForKeyLog(window: BrowserWindow): Promise<string | null> {
  const answer = await dialog.showOpenDialog(window, {
    title: 'Choose TLS Key Log',
    properties: ['openFile', 'showHiddenFiles'],
    filters: [{ name: 'Key logs', extensions: ['log', 'txt', 'keylog', 'keys'] }, anyFilter],
  });
  return answer.canceled ? null : (answer.filePaths[0] ?? null);
}

/** Asks whether captured media may be sent to another machine. */
export async function askToSend(window: BrowserWindow, host: string): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    message: `Send captured media to ${host}?`,
    detail: 'It is not this machine: what was captured leaves it over the network, where others may receive it.',
    buttons: ['Cancel', 'Send'],
    defaultId: 0,
    cancelId: 0,
  });
  return response === 1;
}

/** Asks where to write; the name in the dialog is made safe, the extension decides the filter. */
export async function askWhereToSave(window: BrowserWindow, suggestedName: string): Promise<string | null> {
  const name = sanitizeName(suggestedName, 120);
  const extension = extname(name).slice(1);
  const answer = await dialog.showSaveDialog(window, {
    defaultPath: join(app.getPath('downloads'), name),
    filters: [...(extension ? [{ name: extension.toUpperCase(), extensions: [extension] }] : []), anyFilter],
  });
  return answer.canceled ? null : (answer.filePath ?? null);
}

/** Asks where, writes there, and answers where it was. */
export async function saveByDialog(
  window: BrowserWindow,
  suggestedName: string,
  content: string | Uint8Array,
): Promise<Result<{ readonly path: string | null }>> {
  const path = await askWhereToSave(window, suggestedName);
  if (path === null) return ok({ path });
  try {
    await writeFile(path, content);
    return ok({ path });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail('write-failed', `The file could not be written: ${reason}.`, {
      where: path,
      hint: 'Choose another folder.',
    });
  }
}
