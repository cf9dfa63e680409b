import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../protocols/http/testing/transcript';
import { detectContent } from './detect-type';
import { objectName } from './object-name';

const extensionOf = (text: string): string | null => detectContent(bytesOf(text))?.extension ?? null;
const packet = `\x47${'\0'.repeat(187)}`;

describe('detectContent', () => {
  it.each([
    ['jpg', '\xff\xd8\xff\xe0'],
    ['png', '\x89PNG\r\n\x1a\n'],
    ['gif', 'GIF89a'],
    ['webp', 'RIFF\x10\0\0\0WEBPVP8 '],
    ['wav', 'RIFF\x10\0\0\0WAVEfmt '],
    ['mp4', '\0\0\0\x18ftypisom\0\0\0\0'],
    ['m4a', '\0\0\0\x18ftypM4A \0\0\0\0'],
    ['m4s', '\0\0\0\x18stypmsdh\0\0\0\0'],
    ['m4s', '\0\0\0\x68moof\0\0\0\x10mfhd'],
    ['webm', '\x1a\x45\xdf\xa3\x9fB\x82\x84webm'],
    ['mkv', '\x1a\x45\xdf\xa3\xa3B\x82\x88matroska'],
    ['ts', packet.repeat(2)],
    ['ts', `tttt${packet}`.repeat(2)],
    ['flv', 'FLV\x01\x05\0\0\0\x09'],
    ['mp3', 'ID3\x03\0\0\0\0\0\0'],
    ['mp3', '\xff\xfb\x90\x64'],
    ['aac', '\xff\xf1\x50\x80\x02\x1f\xfc'],
    ['ogg', 'OggS\0\x02'],
    ['m3u8', '\ufeff'.slice(1) + '#EXTM3U\n#EXT-X-VERSION:3\n'],
    ['mpd', '<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011">'],
    ['json', '{"a": 1}'],
    ['json', '[1, 2]'],
    ['html', '\n<!DOCTYPE html><html>'],
    ['svg', '<svg xmlns="http://www.w3.org/2000/svg">'],
    ['xml', '<?xml version="1.0"?><feed>'],
    ['zip', 'PK\x03\x04'],
    ['pdf', '%PDF-1.7'],
    ['gz', '\x1f\x8b\x08\0'],
    ['vtt', 'WEBVTT\n\n'],
    ['txt', 'MZ is how this text begins'],
    ['txt', 'body { color: red }'],
    [null, '\x01\x02\x03\x04\x05'],
    [null, ''],
  ])('%s', (extension, text) => {
    expect(extensionOf(text)).toBe(extension);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => void detectContent(bytes)));
  });
});

describe('objectName', () => {
  it.each([
    ['http://h/a/b/film.mp4?x=1', 'video/mp4', 'mp4', 'film.mp4'],
    ['http://h/image.cgi?s=1', 'image/jpeg', 'jpg', 'image.jpg'],
    ['http://h/', 'text/html', 'html', 'index.html'],
    ['http://h', null, null, 'index'],
    ['http://h/photo.jpeg', 'image/jpeg', 'jpg', 'photo.jpeg'],
    ['http://h/style.css', 'text/css', 'txt', 'style.css'],
    ['http://h/data', 'text/css', null, 'data.css'],
    ['http://h/..%2f..%2fetc%2fpasswd', null, null, '_.._etc_passwd'],
    ['http://h/..', null, 'txt', 'index.txt'],
    ['http://h/a%00b%0a.png', null, 'png', 'a_b_.png'],
    ['http://h/%E4%BD%A0.ts', null, 'ts', '你.ts'],
    ['http://h/%ff%fe.bin', null, null, '%ff%fe.bin'],
    ['http://h/CON', null, 'txt', 'CON.txt'],
    ['', null, 'jpg', 'index.jpg'],
  ])('%s', (url, type, extension, name) => {
    expect(objectName(url, type, extension)).toBe(name);
  });

  it('never leads anywhere', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(null, 'mp4'), (text, extension) => {
        for (const url of [`http://h/${text}`, `http://h/${encodeURIComponent(text)}`]) {
          const name = objectName(url, null, extension);
          expect(name).not.toMatch(/[/\\\u0000]|^\.|^$/);
          expect(name.length).toBeLessThan(200);
        }
      }),
    );
  });
});
