import type { ClassSession } from '../../policy/calendar.ts';
import type { PairEventName } from '../../policy/event.ts';
import type { Partially, Policy } from '../../policy/program.ts';
import { addDays, DAY, dateOf, type Instant, instantOf, toRfc3339, weekdayOf } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { pairWorkflowId } from '../../workflows/ids.ts';
import { type CarriedPair, getCarried, getPair } from '../../workflows/messages.ts';
import type { Rehearsed } from '../support/rehearsed.ts';
import { Ledger, type PairView } from './ledger.ts';

/** One class of one program with its pairs. Days are counted from the date of the first session, in the class's zone. */

export interface TermGiven {
  /** Weekly sessions on Wednesdays at 10:00. */
  weeks?: number;
  zone?: string;
  programZone?: string;
  /** Date of the first session; without it the first Wednesday that is more than a day ahead. */
  first?: string;
  /** The days of all sessions, where they are not weekly. */
  days?: number[];
  /** The term ends on the Saturday of that week. */
  endsAfterWeeks?: number;
  policy?: Partially<Policy>;
  mentor?: PersonGiven;
  /** Days from the first session to the match; the pair is opened now whenever it was matched. */
  matchedOn?: number;
  withoutPair?: boolean;
}

export interface PersonGiven {
  zone?: string;
  email?: string | null;
  phone?: string | null;
  texts?: boolean;
}

export interface PairGiven {
  mentor?: string;
  mentee?: string;
  matchedAt?: Instant;
  /** Does not wait until it was opened. */
  unsettled?: boolean;
}

export interface EventGiven {
  id?: string;
  at?: Instant;
  pair?: string;
  /** Does not wait until it was applied. */
  unsettled?: boolean;
}

export const newYork = 'America/New_York';
const start = '10:00';
let terms = 0;

export class Term extends Ledger {
  readonly world: Rehearsed;
  readonly id: string;
  readonly zone: string;
  readonly first: string;
  readonly given: TermGiven;
  sessions: ClassSession[];
  private events = 0;

  constructor(world: Rehearsed, given: TermGiven, now: Instant) {
    super();
    this.world = world;
    this.given = given;
    this.id = `t${++terms}`;
    this.zone = given.zone ?? newYork;
    this.first = given.first ?? firstWednesday(now + DAY, this.zone);
    const days = given.days ?? Array.from({ length: given.weeks ?? 6 }, (_, week) => 7 * week);
    this.sessions = days.map((day) => this.session(day));
  }

  session(day: number): ClassSession {
    const date = this.date(day);
    return { id: date, date, start, state: 'held' };
  }

  date(day: number): string {
    return addDays(this.first, day);
  }

  /** The instant of a civil time of the class, so many days after the first session. */
  at(day: number, time: string): Instant {
    return instantOf(this.date(day), time, this.zone);
  }

  pairId(name = 'pair'): string {
    return `${this.id}_${name}`;
  }

  get programId(): string {
    return `${this.id}_program`;
  }

  get classId(): string {
    return `${this.id}_class`;
  }

  workflowId(pair?: string): string {
    return pairWorkflowId(this.programId, this.pairId(pair));
  }

  async until(day: number, time: string): Promise<void> {
    await this.world.advanceTo(this.at(day, time));
  }

  async putProgram(policy: Partially<Policy>, options: { applyNow?: boolean } = {}): Promise<void> {
    const staff = { operations: this.person('ops'), coordinator: this.person('coord'), supervisor: this.person('sup') };
    const body = { name: 'Example High School', zone: this.given.programZone ?? this.zone, staff, policy };
    await this.world.call('PUT', `/v1/programs/${this.programId}?applyNow=${options.applyNow === true}`, body);
    await this.world.settle();
  }

  async putClass(sessions: ClassSession[] = this.sessions): Promise<void> {
    this.sessions = sessions;
    const weeks = this.given.endsAfterWeeks;
    const endsOn = weeks === undefined ? null : this.date(7 * weeks - 4);
    const body = { programId: this.programId, zone: this.zone, endsOn, sessions };
    await this.world.call('PUT', `/v1/classes/${this.classId}`, body);
    await this.world.settle();
  }

  /** Puts the calendar again with one session changed. */
  async change(day: number, change: Partial<ClassSession>): Promise<void> {
    const id = this.date(day);
    await this.putClass(this.sessions.map((session) => (session.id === id ? { ...session, ...change } : session)));
  }

  async putPerson(role: string, given: PersonGiven = {}): Promise<void> {
    const id = this.person(role);
    const { zone, email = `${id}@example.org`, phone = '+12125550123' } = given;
    const enrolledAs = ['mentor', 'mentee'].find((name) => role.startsWith(name)) ?? 'staff';
    const programs = [{ programId: this.programId, role: enrolledAs }];
    await this.world.call('PUT', `/v1/people/${id}`, { name: `Name of ${role}`, zone, email, phone, programs });
    if (given.texts !== false && phone !== null) await this.consent(role, true);
  }

  async consent(role: string, granted: boolean): Promise<void> {
    const id = this.person(role);
    const at = new Date(await this.world.now()).toISOString();
    const consent = { granted, by: id, source: 'form', wording: 'You may text me.', at };
    await this.world.call('PUT', `/v1/people/${id}/consents/sms`, consent);
  }

  async openPair(name = 'pair', given: PairGiven = {}): Promise<void> {
    const { mentor = 'mentor', mentee = 'mentee' } = given;
    await this.world.call('POST', '/v1/pairs', {
      id: this.pairId(name),
      programId: this.programId,
      mentorId: this.person(mentor),
      menteeId: this.person(mentee),
      classId: this.classId,
      ...(given.matchedAt === undefined ? {} : { matchedAt: toRfc3339(given.matchedAt) }),
    });
    if (!given.unsettled) await this.world.settle();
  }

  /** An event of the platform, accepted now; answers its id. */
  async event(name: PairEventName, data: Record<string, unknown> = {}, given: EventGiven = {}): Promise<string> {
    const { id = `${this.id}-${++this.events}`, at = await this.world.now(), pair } = given;
    const subject = this.pairId(pair);
    const body = {
      specversion: '1.0',
      id,
      source: 'platform',
      type: `tandem.${name}`,
      subject,
      time: toRfc3339(at),
      data,
    };
    await this.world.call('POST', '/v1/events', body);
    if (!given.unsettled) await this.world.settle();
    return id;
  }

  lesson(data: Record<string, unknown> = {}, given: EventGiven = {}): Promise<string> {
    return this.event('lesson.completed', { by: 'mentor', ...data }, given);
  }

  /** A command of staff, such as `pause`; answers `applied`, or the code with which it was refused. */
  async command(name: string, body: Record<string, unknown> = {}, pair?: string): Promise<string> {
    const outcome = await this.world.ask(`/v1/pairs/${this.pairId(pair)}:${name}`, body);
    await this.world.settle();
    return outcome;
  }

  async view(pair?: string): Promise<PairView> {
    const handle = this.world.environment.client.workflow.getHandle(this.workflowId(pair));
    return (await handle.query(getPair, await this.world.now())) as unknown as PairView;
  }

  carried(pair?: string): Promise<CarriedPair> {
    return this.world.environment.client.workflow.getHandle(this.workflowId(pair)).query(getCarried);
  }

  /** Status of the pair's newest run. */
  async status(pair?: string): Promise<string> {
    const handle = this.world.environment.client.workflow.getHandle(this.workflowId(pair));
    return (await handle.describe()).status.name;
  }

  /** Temporal is told every entry of the pair again. */
  async deliverAgain(): Promise<void> {
    const sql = `update journal set state = 'recorded', delivered_at = null, applied_order = null where owner = $1`;
    await execute(this.world.database, sql, this.workflowId());
    await this.world.settle();
  }

  /** Something that was handed to a person's mail provider at that instant, by whomever. */
  async sent(role: string, template: 'class-reminder' | 'survey', at: Instant): Promise<void> {
    const sql = `
      insert into sends (id, person_id, channel, message_ids, state, exempt, priority, claimed_at, lease_until, provider)
      values ($1, $2, 'email', '{}', 'accepted', false, $3, $4, $4, 'outbox')`;
    const id = `${this.id}_send_${++this.events}`;
    await execute(this.world.database, sql, id, this.person(role), template === 'survey' ? 7 : 2, new Date(at));
  }

  /** Staff resolve the open escalation. */
  async resolveCase(): Promise<void> {
    const sql = `select id from cases where program_id = $1 and kind = 'escalation' and state = 'open'`;
    const [open] = await queryRows<{ id: string }>(this.world.database, sql, this.programId);
    await this.world.call('POST', `/v1/cases/${open?.id}:resolve`, { by: this.person('coord'), outcome: 'resolved' });
    await this.world.settle();
  }
}

function firstWednesday(from: Instant, zone: string): string {
  let date = dateOf(from, zone);
  while (weekdayOf(date) !== 'wednesday' || instantOf(date, start, zone) <= from) date = addDays(date, 1);
  return date;
}

/** A program with its people, a class and, unless told otherwise, a pair that was matched just now. */
export async function openTerm(world: Rehearsed, given: TermGiven = {}): Promise<Term> {
  const term = new Term(world, given, await world.now());
  await term.putProgram(given.policy ?? { classWeek: {} });
  await term.putPerson('mentor', given.mentor);
  for (const role of ['mentee', 'ops', 'coord', 'sup']) await term.putPerson(role);
  await term.putClass();
  const matchedAt = given.matchedOn === undefined ? undefined : term.at(given.matchedOn, '12:00');
  if (!given.withoutPair) await term.openPair('pair', { matchedAt });
  return term;
}
