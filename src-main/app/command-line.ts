import { resolve } from 'node:path';

/**
 * The capture that was named on the command line; null when none was. `argv` as Electron gives it: the binary first,
 * then (`hasAppArgument`: the default app runs a folder) the program's folder, then switches and paths mixed.
 */
export function pathFromCommandLine(
  argv: readonly string[],
  workingFolder: string,
  hasAppArgument: boolean,
): string | null {
  const paths = argv.slice(1).filter((argument) => argument !== '' && !argument.startsWith('-'));
  const [path] = hasAppArgument ? paths.slice(1) : paths;
  return path === undefined ? null : resolve(workingFolder, path);
}
