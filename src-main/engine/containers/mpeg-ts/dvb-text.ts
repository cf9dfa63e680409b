import { decodeText, utf8Text } from '../../bytes/text';

/** Upper half of the default table (ETSI EN 300 468, figure A.1: ISO/IEC 6937 with the euro sign), 0xa0 to 0xff. */
const latin =
  '\u00a0¡¢£€¥\ufffd§¤‘“«←↑→↓' +
  '°±²³×µ¶·÷’”»¼½¾¿' +
  '\ufffd'.repeat(16) +
  '―¹®©™♪¬¦\ufffd\ufffd\ufffd\ufffd⅛⅜⅝⅞' +
  'ΩÆĐªĦ\ufffdĲĿŁØŒºÞŦŊŉ' +
  'ĸæđðħıĳŀłøœßþŧŋ\u00ad';
/** Marks that stand before their letter, 0xc1 to 0xcf. */
const marks = [
  '\u0300',
  '\u0301',
  '\u0302',
  '\u0303',
  '\u0304',
  '\u0306',
  '\u0307',
  '\u0308',
  '',
  '\u030a',
  '\u0327',
  '',
  '\u030b',
  '\u0328',
  '\u030c',
];

/** Tables chosen by the first byte (EN 300 468, table A.3). */
const tables: Readonly<Record<number, string>> = {
  1: 'iso-8859-5',
  2: 'iso-8859-6',
  3: 'iso-8859-7',
  4: 'iso-8859-8',
  5: 'iso-8859-9',
  6: 'iso-8859-10',
  7: 'iso-8859-11',
  9: 'iso-8859-13',
  10: 'iso-8859-14',
  11: 'iso-8859-15',
  0x11: 'utf-16be',
  0x12: 'euc-kr',
  0x13: 'gb18030',
  0x14: 'utf-16be',
  0x15: 'utf-8',
};

/** Text of a DVB descriptor: its first bytes may name the table (EN 300 468, annex A). Control codes are left out. */
export function dvbText(bytes: Uint8Array, start: number, end: number): string {
  if (end <= start) return '';
  const first = bytes[start];
  if (first >= 0x20) return latinText(bytes, start, end);
  if (first === 0x10) return plain(decodeText(`iso-8859-${bytes[start + 2]}`, bytes, start + 3, end));
  const label = tables[first];
  return plain(label ? decodeText(label, bytes, start + 1, end) : utf8Text(bytes, start + 1, end));
}

function latinText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at += 1) {
    const code = bytes[at];
    if (code >= 0xc1 && code <= 0xcf) {
      const letter = at + 1 < end && bytes[at + 1] < 0x80 ? String.fromCharCode(bytes[at + 1]) : '';
      if (letter) at += 1;
      text += letter + marks[code - 0xc1];
    } else if (code >= 0xa0) text += latin[code - 0xa0];
    else if (code < 0x80) text += String.fromCharCode(code);
    else if (code === 0x8a) text += ' ';
  }
  return plain(text);
}

/** Emphasis and other control codes say nothing about the letters; 0x8a is a new line. */
function plain(text: string): string {
  let clean = '';
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    if (code === 0xe08a || code === 0x8a) clean += ' ';
    else if (code >= 0x20 && (code < 0x7f || code > 0x9f) && (code < 0xe080 || code > 0xe09f)) clean += letter;
  }
  return clean.normalize('NFC').trim();
}
