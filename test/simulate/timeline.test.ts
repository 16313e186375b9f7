import { describe, expect, it } from 'vitest';
import { timeline, timelineRow } from '../../policy/timeline.ts';

const message = {
  personId: 'per_1',
  zone: 'America/Chicago',
  channel: 'email' as const,
  template: 'class-reminder',
  variant: 'regular',
  state: 'sent',
  reason: null,
  plannedFor: Date.parse('2026-11-01T06:30:00Z'),
  sentAt: Date.parse('2026-11-01T06:31:59.999Z'),
};

describe('the timeline', () => {
  it('shows what was sent at its local minute and everything else at its planned one', () => {
    const skipped = { ...message, state: 'skipped', reason: 'expired', variant: null };
    expect(timeline([message, skipped].map(timelineRow))).toBe(
      '2026-11-01T01:30\tper_1\temail\tclass-reminder\t-\tskipped\texpired\n' +
        '2026-11-01T01:31\tper_1\temail\tclass-reminder\tregular\tsent\t-\n',
    );
  });

  it('is in the order of time, also in the hour that a clock change repeats', () => {
    const later = { ...message, personId: 'per_0', sentAt: Date.parse('2026-11-01T07:00:00Z') };
    const lines = timeline([later, message].map(timelineRow)).split('\n');
    expect(lines.map((line) => line.slice(0, 22))).toEqual(['2026-11-01T01:31\tper_1', '2026-11-01T01:00\tper_0', '']);
  });

  it('is the same for rows in any order and empty for none', () => {
    const rows = [message, { ...message, personId: 'per_2' }, { ...message, channel: 'sms' as const }].map(timelineRow);
    expect(timeline([...rows].reverse())).toBe(timeline(rows));
    expect(timeline([])).toBe('');
  });
});
