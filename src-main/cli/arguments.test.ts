import { describe, expect, it } from 'vitest';
import { parseCommandLine } from './arguments';
import { CliFailure } from './failure';

const parse = (line: string): unknown => parseCommandLine(line.split(' ').filter(Boolean));

describe('parseCommandLine', () => {
  it('understands where a replay goes', () => {
    const plain = { name: 'replay', file: 'a', id: 'rtp-1', speed: 1, isLooping: false, isRemoteAllowed: false };
    expect(parse('replay a --id rtp-1')).toMatchObject({ ...plain, target: { host: '127.0.0.1', port: null } });
    expect(parse('replay a --id rtp-1 --to [::1]:5004 --speed 0.5 --loop')).toMatchObject({
      target: { host: '::1', port: 5004 },
      speed: 0.5,
      isLooping: true,
    });
    expect(parse('replay a --id rtp-1 --to 192.0.2.1:5004 --allow-remote')).toMatchObject({
      target: { host: '192.0.2.1', port: 5004 },
      isRemoteAllowed: true,
    });
  });

  it.each([
    ['info a.pcap', { name: 'info', file: 'a.pcap', json: false }],
    ['info --json -', { name: 'info', file: '-', json: true }],
    ['analyze a.pcap --json', { name: 'analyze', files: ['a.pcap'], json: true, withConversations: false }],
    ['analyze --include conversations a', { name: 'analyze', files: ['a'], json: false, withConversations: true }],
    ['analyze a b c', { name: 'analyze', files: ['a', 'b', 'c'], json: false, withConversations: false }],
    [
      'export a --all --out d',
      { name: 'export', file: 'a', json: false, ids: 'all', format: 'auto', folder: 'd', video: {} },
    ],
    [
      'export a --id x --id y --format au --out=d --json',
      { name: 'export', file: 'a', json: true, ids: ['x', 'y'], format: 'au', folder: 'd', video: {} },
    ],
    [
      'export a --id x --out d --format mkv --damage clean --quality low',
      {
        ...{ name: 'export', file: 'a', json: false, ids: ['x'], format: 'mkv', folder: 'd' },
        video: { damage: 'clean', quality: 'low' },
      },
    ],
    [
      'analyze a --wpa s:passphrase --wpa t:12345678',
      {
        name: 'analyze',
        files: ['a'],
        json: false,
        withConversations: false,
        wlanKeys: ['s:passphrase', 't:12345678'],
      },
    ],
    [
      'analyze a --keylog k1 --keylog k2',
      { name: 'analyze', files: ['a'], json: false, withConversations: false, keyLogs: ['k1', 'k2'] },
    ],
    [
      'analyze a --decode-as udp.port==6970,rtp --decode-as udp.port==7,rtp/opus/48000/2',
      {
        name: 'analyze',
        files: ['a'],
        json: false,
        withConversations: false,
        decodeAs: [
          { port: 6970, format: null },
          { port: 7, format: { encodingName: 'opus', clockRateHz: 48_000, channels: 2 } },
        ],
      },
    ],
    ['info -- --odd.pcap', { name: 'info', file: '--odd.pcap', json: false }],
    ['export --help', { name: 'help' }],
    ['--version', { name: 'version' }],
  ])('understands %s', (line, command) => {
    expect(parse(line)).toEqual(command);
  });

  it.each([
    ['', 'No command'],
    ['open a', "no command 'open'"],
    ['info', 'Name the capture file'],
    ['info a b', 'One capture at a time'],
    ['analyze a -', 'Standard input cannot be merged'],
    ['info a --colour', "Unknown option '--colour'."],
    ['analyze a --srtp-key 1,AA', '--srtp-key is not supported yet'],
    ['export a --all --out d --decode-as udp.port==0,rtp', '--decode-as does not understand'],
    ['analyze a --decode-as tcp.port==1,http', '--decode-as does not understand'],
    ['analyze a --include objects', '--include objects is not supported yet'],
    ['analyze a --include everything', "does not know 'everything'"],
    ['export a --out d', 'either --all, or --id'],
    ['export a --all --id x --out d', 'either --all, or --id'],
    ['export a --all', '--out DIR'],
    ['export a --all --out d --damage some', '--damage is faithful or clean'],
    ['export a --all --out d --quality best', '--quality is high or medium or low'],
    ['export a --all --out d --format ogg', "no format 'ogg'"],
    ['replay a', '--id ID'],
    ['replay a --id x --to 192.0.2.1:5004', 'is not this machine'],
    ['replay a --id x --to 127.0.0.1:99999', 'no address'],
    ['replay a --id x --speed 0', '--speed is a number'],
    ['export a --all --out', '--out'],
  ])('refuses %j with one line', (line, words) => {
    let failure: unknown;
    try {
      parse(line);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(CliFailure);
    expect(failure).toMatchObject({ exitCode: 2, message: expect.stringContaining(words) });
    expect((failure as Error).message).not.toContain('\n');
  });
});
