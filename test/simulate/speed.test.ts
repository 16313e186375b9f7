import { expect, it } from 'vitest';
import { instantOf } from '../../policy/time.ts';
import { event, iowaCity, simulated } from './iowa-city.ts';

const year = 365 * 86_400_000;
const count = 1_000;

it('V4 a thousand pairs of one class run through a quarter in seconds', () => {
  const sessions = (iowaCity.classes[0]?.sessions ?? []).slice(0, 12);
  const until = instantOf('2026-11-24', '00:00', 'America/Chicago');
  const ids = Array.from({ length: count }, (_, index) => `${index}`);
  const people = ids.map((id) => ({
    id: `m${id}`,
    name: 'Mentor',
    email: `m${id}@example.org`,
    consents: { sms: true },
  }));
  const pair = (id: string) => ({ mentorId: `m${id}`, menteeId: `t${id}`, classId: 'class_wed' });
  const created = ids.map((id) => event('pair.created', `p${id}`, '2026-08-24T12:00:00-05:00', pair(id)));
  const lessons = ids.flatMap((id, index) =>
    sessions.map(({ date }, week) => {
      const delay = (index + week) % 4 === 0 ? 6.5 : 1.5;
      const time = new Date(Date.parse(`${date}T16:00:00Z`) + delay * 86_400_000).toISOString();
      return event('lesson.completed', `p${id}`, time, { by: 'mentor' });
    }),
  );
  const began = performance.now();
  const result = simulated(
    { ...iowaCity, people: [...iowaCity.people, ...people], events: [...created, ...lessons] },
    { until },
  );
  const seconds = (performance.now() - began) / 1000;
  const perSecond = (count * (result.until - result.from)) / year / seconds;
  console.info(`${Math.round(perSecond)} pair-years per second (${count} pairs of one class, ${seconds.toFixed(1)} s)`);
  expect(result.pairs).toHaveLength(count);
  expect(result.messages.filter(({ state }) => state === 'sent').length).toBeGreaterThan(count);
  expect(perSecond).toBeGreaterThan(5);
});
