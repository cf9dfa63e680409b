import { expect, it } from 'vitest';
import { ladderFileName } from './file-name';

it('keeps letters and figures and nothing that leads elsewhere', () => {
  expect(ladderFileName('Zoë <sip:100@10.0.0.1>', 'svg')).toBe('call-flow-Zoë-sip-100@10.0.0.1.svg');
  expect(ladderFileName('../../etc/passwd', 'png')).toBe('call-flow-etc-passwd.png');
  expect(ladderFileName('///', 'svg')).toBe('call-flow.svg');
  expect(ladderFileName('x'.repeat(500), 'svg').length).toBeLessThan(120);
});
