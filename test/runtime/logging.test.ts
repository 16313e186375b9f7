import { readFile } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../runtime/logging.ts';

function capture(write: (logger: ReturnType<typeof createLogger>) => void) {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  write(createLogger({ name: 'test', destination }));
  return { text: lines.join(''), first: JSON.parse(lines[0] ?? '{}') };
}

describe('logging', () => {
  it('personal data is redacted at any depth, other fields are not', () => {
    const { text, first } = capture((logger) =>
      logger.info(
        { email: 'a@b.c', people: [{ id: 'per_1', name: 'Ann', Phone: '+1', deep: { notes: 'x' } }] },
        'done',
      ),
    );
    expect(first).toMatchObject({ level: 'info', component: 'test', msg: 'done', email: '[redacted]' });
    expect(first.people[0]).toEqual({
      id: 'per_1',
      name: '[redacted]',
      Phone: '[redacted]',
      deep: { notes: '[redacted]' },
    });
    expect(text).not.toContain('a@b.c');
  });

  it('bindings of child loggers are redacted too', () => {
    const { first } = capture((logger) => logger.child({ email: 'a@b.c', pairId: 'pair_1' }).info('x'));
    expect(first).toMatchObject({ email: '[redacted]', pairId: 'pair_1' });
  });

  it('an error of our own keeps its message and code but nothing it carries', () => {
    const error = Object.assign(new Error('it broke', { cause: new TypeError('inner') }), {
      code: 'held',
      config: { data: 'secret-payload' },
    });
    const { text, first } = capture((logger) => logger.error(error));
    expect(first).toMatchObject({ msg: 'it broke', err: { type: 'Error', code: 'held', message: 'it broke' } });
    expect(first.err.cause).toMatchObject({ type: 'TypeError', message: 'inner' });
    expect(first.err.stack[0]).toContain('logging.test.ts');
    expect(text).not.toContain('secret-payload');
  });

  it("a library's error loses its message, which may quote what it was given", () => {
    const { text, first } = capture((logger) => {
      try {
        JSON.parse('private words');
      } catch (error) {
        logger.error({ err: error }, 'cannot read');
        logger.error(error);
      }
    });
    expect(first).toMatchObject({ msg: 'cannot read', err: { type: 'SyntaxError' } });
    expect(text).not.toContain('private');
  });

  it('an error of a system call keeps its message', async () => {
    const error = await readFile('/does/not/exist').catch((caught: unknown) => caught);
    const { first } = capture((logger) => logger.warn({ err: error }, 'no file'));
    expect(first.err).toMatchObject({ code: 'ENOENT', message: expect.stringContaining('/does/not/exist') });
  });
});
