import { expect, test } from 'vitest';
import { sampleContext } from '../../../activities/rendering/samples.ts';
import type { TemplateContext } from '../../../templates/context.ts';
import { classify, type TemplateKey } from '../../../templates/table.ts';
import { reminder, renderer } from './drafts.ts';

function words(key: TemplateKey, variant = 'regular', context: TemplateContext = sampleContext(key, [variant])) {
  const { subject, body } = renderer.render(reminder({ key, channel: 'email', variant, context }));
  return `${subject}\n${body}`;
}

test('T4 the end of a match names neither who asked nor why', () => {
  const told = words('pair-closed');
  expect(told).toContain('Your match with Amara has ended');
  expect(told).not.toMatch(/asked|report|because|remove|re-?match|unavailable/i);
});

test('T4 the reporter reads who will be in touch and by when, and without a name that somebody will', () => {
  expect(words('trouble-received')).toContain('Kim Doyle will be in touch with you by Friday, November 27');
  const nobody = sampleContext('trouble-received', ['regular'], { sparse: true });
  expect(words('trouble-received', 'regular', nobody)).toContain('Somebody from the program will be in touch');
});

test('T3 the recheck asks how it went, and reads well beside a first report', () => {
  const both = sampleContext('how-to-reach-out', ['recheck', 'regular']);
  const told = words('how-to-reach-out', 'recheck', both);
  expect(told).toContain('Did you reach Amara and Diego?');
  expect(told).toContain('you could not reach Amara');
  expect(told).toContain('you cannot reach Diego');
});

test('T9 resources are listed with their words or their address, and a mail without any says so', () => {
  expect(words('resources')).toMatch(/- Five first questions: Ask .*\n- When a reply takes long https:/);
  const none = sampleContext('resources', ['regular'], { sparse: true });
  expect(words('resources', 'regular', none)).toContain('nothing to read on it');
});

test('T1 a task about a silent pair says what to do next', () => {
  const context = sampleContext('task', ['regular']);
  const reason = 'no_reaction_to_log_conversation';
  const told = words('task', 'regular', { ...context, items: [{ reason, subject: 'pair_17', pairId: 'pair_17' }] });
  expect(told).toContain('Nothing heard from the pair pair_17');
  expect(told).toContain('Next step: reach out to the two');
});

test('M3 what ends and answers goes at any hour, and what keeps in touch counts for the day', () => {
  for (const key of ['how-to-reach-out', 'trouble-received', 'pair-closed'] as const) {
    expect(classify(key).transactional).toBe(true);
  }
  for (const key of ['log-conversation', 'flag-invitation', 'encourage-contact', 'celebrate', 'resources'] as const) {
    expect(classify(key).transactional).toBe(false);
  }
});
