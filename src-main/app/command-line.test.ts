import { describe, expect, it } from 'vitest';
import { pathFromCommandLine } from './command-line';

describe('pathFromCommandLine', () => {
  it('finds the file of an installed program, from its working folder', () => {
    expect(pathFromCommandLine(['/opt/tapdeck', 'call.pcap'], '/home/me', false)).toBe('/home/me/call.pcap');
    expect(pathFromCommandLine(['/opt/tapdeck'], '/home/me', false)).toBeNull();
  });

  it('skips the folder that the default app runs, and switches wherever they stand', () => {
    const argv = ['electron', '--no-sandbox', '/src/tapdeck', '--inspect=0', '/x/call.pcap', '--lang=de'];
    expect(pathFromCommandLine(argv, '/', true)).toBe('/x/call.pcap');
    expect(pathFromCommandLine(argv.slice(0, 3), '/', true)).toBeNull();
  });
});
