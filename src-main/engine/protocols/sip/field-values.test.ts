import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstListElement, headerParameter, parseNameAddress, parseSipUri, partyText } from './field-values';

describe('headerParameter', () => {
  it('finds parameters after the address only', () => {
    expect(headerParameter('<sip:a@b;tag=uri>;tag=header', 'tag')).toBe('header');
    expect(headerParameter('sip:a@b;TAG=x', 'tag')).toBe('x');
    expect(headerParameter('"a;tag=no" <sip:a>;x="y;tag=no";tag = yes ', 'tag')).toBe('yes');
    expect(headerParameter('multipart/mixed;boundary="a b\\"c"', 'boundary')).toBe('a b"c');
    expect(headerParameter('<sip:a>;lr', 'tag')).toBe('');
    expect(headerParameter('<sip:a>;tagged=1', 'tag')).toBe('');
    expect(headerParameter('<sip:a>;lr, <sip:b>;tag=2', 'tag')).toBe('');
  });
});

describe('firstListElement', () => {
  it('cuts at commas outside of quotes and angle brackets', () => {
    expect(firstListElement('"a, b" <sip:c,d@e>;x=1 , <sip:f>')).toBe('"a, b" <sip:c,d@e>;x=1');
    expect(firstListElement('<sip:a>')).toBe('<sip:a>');
  });
});

describe('parseNameAddress', () => {
  it('reads both forms', () => {
    expect(parseNameAddress('"Alice \\"A\\" <x>" <sip:a@b;x=1>;tag=1')).toEqual({
      displayName: 'Alice "A" <x>',
      uri: 'sip:a@b;x=1',
    });
    expect(parseNameAddress('Alice B. <sip:a@b>')).toEqual({ displayName: 'Alice B.', uri: 'sip:a@b' });
    expect(parseNameAddress('sip:a@b;tag=1')).toEqual({ displayName: '', uri: 'sip:a@b' });
    expect(parseNameAddress('"open <sip:a@b>')).toEqual({ displayName: 'open <sip:a@b>', uri: '' });
    expect(parseNameAddress('<sip:a@b')).toEqual({ displayName: '', uri: 'sip:a@b' });
  });
});

describe('parseSipUri', () => {
  it('takes user and host apart', () => {
    expect(parseSipUri('sip:alice:secret@example.com:5060;x=1?y=2')).toEqual({
      scheme: 'sip',
      user: 'alice',
      host: 'example.com:5060',
    });
    expect(parseSipUri('SIPS:+1;phone-context=example.com@gw')).toEqual({ scheme: 'sips', user: '+1', host: 'gw' });
    expect(parseSipUri('sip:[2001:db8::1]:5060')).toEqual({ scheme: 'sip', user: '', host: '[2001:db8::1]:5060' });
    expect(parseSipUri('tel:+1-201-555-0123;ext=1')).toEqual({ scheme: 'tel', user: '+1-201-555-0123', host: '' });
    expect(parseSipUri('urn:service:sos')).toEqual({ scheme: 'urn', user: '', host: '' });
  });
});

describe('partyText', () => {
  it('prefers the user, then the display name, then the host', () => {
    expect(partyText('"Alice" <sip:0906@example.com>;tag=1')).toBe('0906');
    expect(partyText('"Gateway" <sip:example.com>')).toBe('Gateway');
    expect(partyText('<sip:example.com;lr>')).toBe('example.com');
    expect(partyText('<urn:service:sos>')).toBe('urn:service:sos');
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', '<', '>', '\\', ';', ',', '=', '@', ':', ' ', 'a', 'tag') }),
        (text) => {
          partyText(text);
          headerParameter(text, 'tag');
          expect(text).toContain(firstListElement(text));
        },
      ),
    );
  });
});
