import type { ClassInput, EventInput, PersonInput, SimulationInput } from '../../policy/simulate/documents.ts';
import { simulate } from '../../policy/simulate.ts';
import { addDays, DAY, HOUR, instantOf } from '../../policy/time.ts';
import { classify, type TemplateKey } from '../../templates/table.ts';
import { simulatePairYears } from '../pair-years.ts';
import type { Figure } from '../support/figures.ts';
import type { Bench } from '../support/section.ts';

const target = 1000;
const zone = 'America/New_York';
const sessions = 36;
const firstSession = '2026-09-09';

/** How many pair-years of decisions one core makes in a second: with ledger and mailboxes, and without. */
export async function decisions(bench: Bench): Promise<Figure[]> {
  const pairs = bench.quick ? 100 : 1000;
  bench.say(`${pairs} pairs through a school year`);
  const input = schoolYear(pairs);
  simulated(schoolYear(20));
  const whole = cpuSeconds(() => simulated(input));
  simulatePairYears(20);
  const alone = cpuSeconds(() => simulatePairYears(pairs));
  return [
    perSecond('pair-years simulated, ledger and mailboxes included', pairs / whole),
    perSecond('pair-years decided and reconciled', pairs / alone),
  ];
}

function perSecond(what: string, rate: number): Figure {
  return { what, tandem: `${rate.toFixed(0)}/s`, target: `>= ${target}/s`, met: rate >= target };
}

/** Seconds of processor time, whatever else the machine does. */
function cpuSeconds(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function simulated(input: SimulationInput): void {
  const { messages } = simulate(input, { classify: (template) => classify(template as TemplateKey) });
  if (messages.length === 0) throw new Error('the simulation said nothing');
}

/** One class; three lessons of four come the day after, the fourth so late that both reminders go. */
function schoolYear(count: number): SimulationInput {
  const dates = Array.from({ length: sessions }, (_, week) => addDays(firstSession, 7 * week));
  const weekly: ClassInput = {
    id: 'class_1',
    programId: 'program_1',
    zone,
    endsOn: addDays(firstSession, 7 * sessions),
    sessions: dates.map((date) => ({ date, start: '10:00' })),
  };
  const lessonsAt = dates.map((date, week) => {
    const at = instantOf(date, '10:00', zone);
    return new Date(week % 4 === 3 ? at + 7 * DAY - HOUR : at + DAY).toISOString();
  });
  const ids = Array.from({ length: count }, (_, index) => String(index));
  const people = ids.map(
    (id): PersonInput => ({ id: `m${id}`, name: 'Mentor', email: `m${id}@example.org`, consents: { sms: true } }),
  );
  const event = (type: string, subject: string, time: string, data: Record<string, unknown>): EventInput => {
    return { id: `${type}-${subject}-${time}`, source: '/bench', type: `tandem.${type}`, subject, time, data };
  };
  const created = ids.map((id) =>
    event('pair.created', `p${id}`, new Date(instantOf('2026-09-08', '12:00', zone)).toISOString(), {
      mentorId: `m${id}`,
      menteeId: `t${id}`,
      classId: 'class_1',
    }),
  );
  const lessons = ids.flatMap((id) => lessonsAt.map((at) => event('lesson.completed', `p${id}`, at, { by: 'mentor' })));
  return {
    program: { name: 'Reference', zone, staff: { operations: 'ops', coordinator: 'co' }, policy: { classWeek: {} } },
    people,
    classes: [weekly],
    events: [...created, ...lessons],
  };
}
