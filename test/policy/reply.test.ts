import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Reading, readReply } from '../../policy/delivery/reply.ts';

const examples: Record<Reading, string[]> = {
  stop: [
    'STOP',
    'stop',
    ' Stop. ',
    'STOPALL',
    'Stop all',
    'UNSUBSCRIBE',
    'cancel',
    'END',
    'Quit!',
    'revoke',
    'OPT OUT',
    'opt-out',
    'optout',
    'Opt me out please',
    'please stop',
    'please stop texting me',
    'Stop texting me',
    'STOP\u{1f6d1}',
    '\u{1f6d1} stop \u{1f64f}',
    'st\u00f3p',
    'Stop!!! Now.',
    '\uff33\uff34\uff2f\uff30',
    '"STOP"',
    'Stop, thanks',
    'hi, can you please stop sending me these messages',
    'I want to unsubscribe',
    'Unsubscribe me from this list',
    'I had to stop at the store. Please stop texting me.',
    'Please stop texting me, my phone number belongs to my sister',
    'Stop texting me. I do not want this',
    'Quit texting me',
    'end all texts',
    'no more texts please',
  ],
  start: ['START', 'start', 'Unstop', 'start please', 'Start texting me again', 'start \u{1f600}'],
  help: ['HELP', 'help', 'Help!', 'info', 'Info please', 'help?'],
  perhaps_stop: [
    'leave me alone',
    'Wrong number',
    'who is this',
    "who's this?",
    'no more',
    'remove me',
    "don't text",
    'don\u2019t text me',
    'Do not contact this number again',
    'I had to stop at the store',
    'We will stop by at noon',
    "please don't stop",
    'Why did you stop texting me?',
    'Can we cancel the lesson on Wednesday?',
    'See you at the end of the week',
    'I quit',
    'the end',
    'take me off your list',
    'this is spam',
    'not interested',
    'No thanks',
    'new phone who dis',
    'basta',
    'stopp',
    'I said start, not stop at all costs',
  ],
  other: [
    '',
    ' ',
    '\u{1f44d}',
    'Thanks!',
    'ok',
    'I will be late',
    'Let us start at noon on Friday',
    'Can you help Maya with her essay?',
    'help me',
    'My friend is not well',
    'Weekend works',
    '????',
  ],
};

const cases = Object.entries(examples).flatMap(([reading, texts]) => texts.map((text) => [text, reading] as const));

describe('how a text is read', () => {
  it.each(cases)('M8 %j is %s', (text, reading) => {
    expect(readReply(text)).toBe(reading);
  });

  it('M8 case, punctuation, accents and emoji around a word of the list make no difference', () => {
    const words = [
      'stop',
      'stopall',
      'unsubscribe',
      'cancel',
      'end',
      'quit',
      'revoke',
      'opt out',
      'start',
      'unstop',
      'help',
    ];
    const around = fc.stringMatching(/^[ .!?,;:"()*_\n\u{1f6d1}\u{1f64f}-]{0,6}$/u);
    const mark = fc.constantFrom('', '\u0301', '\u0308');
    fc.assert(
      fc.property(fc.constantFrom(...words), around, around, mark, fc.boolean(), (word, left, right, accent, upper) => {
        const written = word.replace(/[aeiou]/, (vowel) => vowel + accent);
        const text = left + (upper ? written.toUpperCase() : written) + right;
        expect(readReply(text)).toBe(readReply(word));
      }),
    );
  });

  it('M8 a text with a word of the list never goes unnoticed, whatever is around it', () => {
    const words = fc.constantFrom('stop', 'unsubscribe', 'cancel', 'quit', 'revoke', 'opt out');
    fc.assert(
      fc.property(fc.string(), words, fc.string(), (before, word, after) => {
        expect(['stop', 'perhaps_stop']).toContain(readReply(`${before} ${word} ${after}`));
      }),
    );
  });

  it('reads any text at all, and long ones quickly', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => readReply(text) !== undefined));
    const long = ['stop the '.repeat(20_000), 'not a '.repeat(30_000), "'".repeat(100_000), 'opt me '.repeat(30_000)];
    const started = performance.now();
    for (const text of long) readReply(text);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
