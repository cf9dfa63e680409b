/** Oldest ffmpeg that is used when it is found on the PATH. */
const minMajor = 4;
const minMinor = 1;

/** First line of `ffmpeg -version` without the copyright; null when it is not ffmpeg's. */
export function parseVersionLine(output: string): string | null {
  const line = output.split('\n', 1)[0].trim();
  if (!/^ffmpeg version \S/.test(line)) return null;
  return line.replace(/\s+Copyright.*$/, '');
}

/**
 * True for releases from 4.1 on: `ffmpeg version 5.1.6-0+deb12u1`, `n4.4`. Builds that name a revision instead of a
 * release (`N-47683-g0e8eb07980`, `git-2020-...`) cannot be compared and are believed to be recent enough.
 */
export function isRecentEnough(versionLine: string): boolean {
  const release = /^ffmpeg version n?(\d+)\.(\d+)/.exec(versionLine);
  if (!release) return /^ffmpeg version (N-|git-|\d{4}-)/.test(versionLine);
  const major = Number(release[1]);
  return major > minMajor || (major === minMajor && Number(release[2]) >= minMinor);
}
