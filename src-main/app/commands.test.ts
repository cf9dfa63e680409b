import { describe, expect, it } from 'vitest';
import { RpcFailure } from '../workers/rpc/protocol';
import { answerCommand, type CommandHandlers } from './commands';

const reports: string[] = [];
const answer = (handler: CommandHandlers['capture:open'], input: unknown): Promise<unknown> =>
  answerCommand({ 'capture:open': handler } as CommandHandlers, 'capture:open', input, (line) => reports.push(line));

describe('answerCommand', () => {
  it('passes checked input on and answers what the handler answers', async () => {
    const result = await answer(({ path }) => ({ ok: true, value: { captureId: path } }), { path: '/a', extra: 1 });
    expect(result).toEqual({ ok: true, value: { captureId: '/a' } });
  });

  it.each([undefined, null, 'path', {}, { path: 7 }, { path: '' }, { path: 'x'.repeat(5000) }])(
    'refuses %j before the handler sees it',
    async (input) => {
      const result = await answer(() => {
        throw new Error('was called');
      }, input);
      expect(result).toMatchObject({ ok: false, error: { code: 'bad-input' } });
    },
  );

  it("tells a worker's failure as it is", async () => {
    const failure = { code: 'not-found', message: 'There is no call.', where: 'call 7' };
    const result = await answer(() => Promise.reject(new RpcFailure(failure)), { path: '/a' });
    expect(result).toEqual({ ok: false, error: failure });
    expect(reports).toEqual([]);
  });

  it('tells anything else as internal, and reports its stack', async () => {
    const result = await answer(() => Promise.reject(new Error('oops')), { path: '/a' });
    expect(result).toEqual({ ok: false, error: { code: 'internal', message: 'oops' } });
    expect(reports.join()).toContain('commands.test.ts');
  });
});
