import { addDays, type Instant, instantOf, weekdayOf } from '../../policy/time.ts';
import type { Rehearsed } from '../support/rehearsed.ts';
import { listed, messagesOf, type Told } from './transcript.ts';

/** A match of fourteen months, from 31 August 2031: who is contacted when, and what each of the three says. */

export const zone = 'America/Chicago';
export const programId = 'lakeside';
export const pairId = 'pair_1';
export const names: Record<string, string> = {
  ada: 'Ada Lindqvist (mentor)',
  sam: 'Sam Okafor (mentee)',
  ruth: 'Ruth Okafor (guardian)',
  paula: 'Paula Reyes (coordinator)',
  sven: 'Sven Castellano (supervisor)',
};
export const worry = 'Please do not tell anybody. He hits me when he is drunk.';
export const dueDays = [
  ['2031-09-07', '2031-09-21', '2031-09-30', '2031-10-31', '2031-11-30', '2031-12-31', '2032-01-31', '2032-02-29'],
  ['2032-03-31', '2032-04-30', '2032-05-31', '2032-06-30', '2032-07-31', '2032-08-31', '2032-09-30', '2032-10-31'],
].flat();

type Respondent = 'mentor' | 'mentee' | 'guardian';
type Answer = Record<string, string>;
const people: Record<Respondent, string> = { mentor: 'ada', mentee: 'sam', guardian: 'ruth' };
const well: Record<Respondent, Answer> = {
  mentor: { 'answers.going': '4', 'answers.met': '3', 'answers.goes_well': 'We build a radio.', safetyConcern: 'no' },
  mentee: { 'answers.going': '5', 'answers.met': '3', safetyConcern: 'no', discomfort: 'no' },
  guardian: { 'answers.going': '4', 'answers.met': '3', safetyConcern: 'no' },
};

/** What is not as usual. Usually mentor and mentee answer by form on the day before, and Paula calls the guardian. */
const calls: Record<string, { on: string; notes: string }> = {
  '2031-10-31 mentor': { on: '2031-11-04', notes: 'Did not see the mail. It goes well; the radio has no power yet.' },
  '2031-11-30 mentee': { on: '2031-12-01', notes: 'Enjoys it. Would like to see a workshop.' },
  '2032-02-29 mentor': { on: '2032-03-01', notes: 'Busy in March, will write ahead of time.' },
  '2032-02-29 mentee': { on: '2032-03-01', notes: 'All is well. Proud of the radio.' },
  '2032-05-31 guardian': { on: '2032-06-08', notes: 'Was away for work. Has seen both twice.' },
  '2032-06-30 mentor': { on: '2032-06-29', notes: 'Summer plans are agreed on.' },
  '2032-07-31 guardian': { on: '2032-07-30', notes: 'All quiet at home, she says.' },
  '2032-08-31 mentee': { on: '2032-09-01', notes: 'Is safe at an aunt’s. Wants to go on with Ada.' },
  '2032-10-31 mentor': { on: '2032-10-29', notes: 'Will stay in touch when the program ends.' },
};
const nobody = new Set(['2032-03-31 mentor', '2032-07-31 mentee', '2031-12-31']);

export class CheckInStory {
  readonly done: Told[] = [];
  private readonly world: Rehearsed;

  constructor(world: Rehearsed) {
    this.world = world;
  }

  at(date: string, time: string): Instant {
    return instantOf(date, time, zone);
  }

  async act(date: string, time: string, what: string, does: () => Promise<unknown>): Promise<void> {
    await this.world.advanceTo(this.at(date, time));
    await does();
    await this.world.settle();
    this.done.push({ at: this.at(date, time), lines: [what] });
  }

  call(method: string, path: string, body: object): () => Promise<unknown> {
    return () => this.world.call(method, path, body);
  }

  /** Somebody opens the link of their newest mail, and sends the form. */
  async form(date: string, time: string, respondent: Respondent, change: Answer = {}): Promise<void> {
    const name = names[people[respondent]]?.split(' ')[0];
    const answers = { ...well[respondent], ...change };
    await this.act(date, time, `${name} answers the form.`, async () => {
      const asked = (await messagesOf(this.world, programId)).filter(
        ({ to, template, state }) => to === people[respondent] && template === 'check-in' && state === 'sent',
      );
      const newest = asked.sort((a, b) => (a.sentAt ?? '').localeCompare(b.sentAt ?? '')).at(-1);
      const link = /http:\/\/127\.0\.0\.1:\d+\/responses\/[\w.-]+/.exec(newest?.body ?? '')?.[0] ?? '';
      const sent = await fetch(link, { method: 'POST', body: new URLSearchParams(answers) });
      if (sent.status !== 200) throw new Error(`${link}: ${sent.status} ${await sent.text()}`);
    });
  }

  /** Paula calls somebody about a check-in, and records it. */
  async phone(date: string, time: string, respondent: Respondent, dueOn: string, notes: string): Promise<void> {
    const name = names[people[respondent]]?.split(' ')[0];
    await this.act(date, time, `Paula calls ${name} and notes: “${notes}”`, async () => {
      const own = await listed<Record<string, string>>(
        this.world,
        `/v1/check-ins?pairId=${pairId}&respondent=${respondent}&limit=200`,
      );
      const id = own.find((checkIn) => checkIn.dueOn === dueOn)?.id;
      const contact = { mode: 'phone', by: 'paula', answers: { met: '3' }, safetyConcern: false, notes };
      await this.world.call('POST', `/v1/check-ins/${id}:record`, contact);
    });
  }

  /** The usual of one due day, but for what is told otherwise. */
  async round(dueOn: string): Promise<void> {
    const called = (Object.keys(people) as Respondent[]).flatMap((respondent) => {
      const given = calls[`${dueOn} ${respondent}`];
      const usual =
        respondent === 'guardian' ? { on: workday(dueOn), notes: 'No worries. They meet as agreed.' } : null;
      const call = given ?? usual;
      return call && !this.silent(dueOn, respondent) ? [{ respondent, ...call }] : [];
    });
    for (const respondent of ['mentee', 'mentor'] as const)
      if (!this.silent(dueOn, respondent) && !calls[`${dueOn} ${respondent}`])
        await this.form(addDays(dueOn, -1), respondent === 'mentee' ? '16:30' : '19:00', respondent);
    const times: Record<Respondent, string> = { mentor: '11:00', mentee: '15:30', guardian: '17:30' };
    const ordered = called.sort((a, b) => this.at(a.on, times[a.respondent]) - this.at(b.on, times[b.respondent]));
    for (const { on, respondent, notes } of ordered) await this.phone(on, times[respondent], respondent, dueOn, notes);
  }

  private silent(dueOn: string, respondent: Respondent): boolean {
    return nobody.has(dueOn) || nobody.has(`${dueOn} ${respondent}`);
  }
}

/** That day, or the Monday after it. */
function workday(date: string): string {
  const days = { saturday: 2, sunday: 1 } as Record<string, number>;
  return addDays(date, days[weekdayOf(date)] ?? 0);
}
