import type { Partially } from '../../policy/program.ts';
import type { RequestsPolicy } from '../../policy/sections/requests.ts';
import { DAY, dateOf, type Instant, instantOf, localMinute } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { requestWorkflowId } from '../../workflows/ids.ts';
import { getRequest } from '../../workflows/messages.ts';
import type { Rehearsed } from './rehearsed.ts';

/** One program with mentors and mentees who ask them, on a virtual clock. Ids are short names, told apart by program. */

export interface AskingGiven {
  policy?: Partially<RequestsPolicy>;
  zone?: string;
  mentors?: string[];
  mentees?: string[];
}

export interface PersonGiven {
  isMinor?: boolean;
  guardian?: string;
  capacity?: { mentor?: number | null; mentee?: number };
  joinedAt?: string;
  profileComplete?: boolean;
}

export interface Answered {
  status: number;
  body: Record<string, unknown>;
}

export const chicago = 'America/Chicago';
let programs = 0;

export class Asking {
  readonly world: Rehearsed;
  readonly id = `a${++programs}`;
  readonly zone: string;
  private requests = 0;
  readonly start: Instant;

  constructor(world: Rehearsed, zone: string, start: Instant) {
    this.world = world;
    this.zone = zone;
    this.start = start;
  }

  get programId(): string {
    return `${this.id}_program`;
  }

  person(name: string): string {
    return `${this.id}_${name}`;
  }

  /** The instant of a civil time in the program's zone, so many days after it began. */
  at(day: number, time: string): Instant {
    const date = dateOf(this.start + day * DAY, this.zone);
    return instantOf(date, time, this.zone);
  }

  async until(day: number, time: string): Promise<void> {
    await this.world.advanceTo(this.at(day, time));
  }

  async putProgram(policy: Partially<RequestsPolicy>, links: Record<string, string> = {}): Promise<void> {
    const staff = { operations: this.person('ops'), coordinator: this.person('coord') };
    const body = { name: 'Example Mentoring', zone: this.zone, staff, links, policy: { requests: policy } };
    await this.world.call('PUT', `/v1/programs/${this.programId}`, body);
    await this.world.settle();
  }

  async putPerson(name: string, role: string, given: PersonGiven = {}): Promise<void> {
    const { isMinor = false, guardian, capacity, joinedAt, profileComplete = true } = given;
    const id = this.person(name);
    await this.world.call('PUT', `/v1/people/${id}`, {
      name: `Name of ${name}`,
      email: `${id}@example.org`,
      isMinor,
      ...(guardian && { guardianId: this.person(guardian) }),
      ...(capacity && { capacity }),
      programs: [{ programId: this.programId, role, profileComplete, ...(joinedAt && { joinedAt }) }],
    });
  }

  /** Calls the API without expecting anything of the answer. */
  async ask(method: string, path: string, body?: unknown, key = this.world.key): Promise<Answered> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const given = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${this.world.url}${path}`, { method, headers, ...given });
    return { status: response.status, body: JSON.parse((await response.text()) || '{}') };
  }

  newId(): string {
    return `${this.id}_req_${++this.requests}`;
  }

  /** Asks a mentor; answers the answer. */
  post(mentee: string, mentor: string, change: Record<string, unknown> = {}): Promise<Answered> {
    const people = { menteeId: this.person(mentee), mentorId: this.person(mentor) };
    const body = {
      id: this.newId(),
      programId: this.programId,
      ...people,
      message: 'May I learn from you?',
      ...change,
    };
    return this.ask('POST', '/v1/requests', body);
  }

  /** Asks a mentor and waits until it has settled; answers the request's id. */
  async request(mentee: string, mentor: string, change: Record<string, unknown> = {}): Promise<string> {
    const { status, body } = await this.post(mentee, mentor, change);
    if (status !== 201) throw new Error(`asking: ${status} ${JSON.stringify(body)}`);
    await this.world.settle();
    return String(body.id);
  }

  async list(mentee: string, mentors: string[], change: Record<string, unknown> = {}): Promise<Answered> {
    const mentorIds = mentors.map((name) => this.person(name));
    const answered = await this.post(mentee, 'nobody', { mentorId: undefined, mentorIds, ...change });
    await this.world.settle();
    return answered;
  }

  async offer(mentor: string, mentee: string): Promise<Answered> {
    const people = { menteeId: this.person(mentee), mentorId: this.person(mentor) };
    const body = { id: this.newId(), programId: this.programId, ...people, message: 'I would be glad to help.' };
    const answered = await this.ask('POST', '/v1/offers', body);
    await this.world.settle();
    return answered;
  }

  /** An answer to a request, such as `accept`, by somebody; waits until it has settled. */
  async answer(id: string, act: string, by: string, body: Record<string, unknown> = {}): Promise<Answered> {
    const answered = await this.ask('POST', `/v1/requests/${id}:${act}`, { by: this.person(by), ...body });
    await this.world.settle();
    return answered;
  }

  async read(id: string, key?: string): Promise<Record<string, unknown>> {
    return (await this.ask('GET', `/v1/requests/${id}`, undefined, key)).body;
  }

  async status(id: string): Promise<unknown> {
    return (await this.read(id)).status;
  }

  /** The request as its workflow tells it. */
  async view(id: string): Promise<Record<string, unknown>> {
    const handle = this.world.environment.client.workflow.getHandle(requestWorkflowId(this.programId, id));
    return handle.query(getRequest, await this.world.now());
  }

  /** What somebody was or is to be told, oldest first: day and minute (sent, else planned), template, state or reason. */
  async heard(name: string): Promise<string[]> {
    const rows = await queryRows<Record<string, string> & { at: Date }>(
      this.world.database,
      `select coalesce(sent_at, planned_for) as at, template, variant, state, reason from messages
       where program_id = $1 and person_id = $2 order by 1, template`,
      this.programId,
      this.person(name),
    );
    return rows.map(({ at, template, variant, reason, state }) => {
      const minute = localMinute(at.getTime(), this.zone);
      const from = dateOf(this.start, this.zone);
      const day = Math.round((Date.parse(minute.slice(0, 10)) - Date.parse(from)) / DAY);
      const words = variant && variant !== 'regular' ? `${template}/${variant}` : template;
      return `${day} ${minute.slice(11)} ${words} ${reason ?? state}`;
    });
  }

  /** Subjects and texts of what was sent to somebody. */
  async words(name: string): Promise<string[]> {
    const sql = `select concat(subject, chr(10), body) as words from sends where person_id = $1 order by claimed_at, id`;
    const rows = await queryRows<{ words: string }>(this.world.database, sql, this.person(name));
    return rows.map(({ words }) => words);
  }

  async pairs(): Promise<string[]> {
    const sql = 'select id from pairs where program_id = $1 order by id';
    return (await queryRows<{ id: string }>(this.world.database, sql, this.programId)).map(({ id }) => id);
  }

  async statuses(): Promise<Record<string, number>> {
    const sql =
      'select status, count(*)::int as count from requests where program_id = $1 group by status order by status';
    const rows = await queryRows<{ status: string; count: number }>(this.world.database, sql, this.programId);
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  }

  async execute(sql: string, ...values: unknown[]): Promise<void> {
    await execute(this.world.database, sql, ...values);
  }
}

/** A program on a day of its own that begins at midnight, with its people; the clock stands at 10:00 of the first day. */
export async function openAsking(world: Rehearsed, given: AskingGiven = {}): Promise<Asking> {
  const { policy = {}, zone = chicago, mentors = ['ada', 'bo', 'cy'], mentees = ['mia', 'noa'] } = given;
  const tomorrow = dateOf((await world.now()) + DAY, zone);
  const asking = new Asking(world, zone, instantOf(tomorrow, '00:00', zone) + 12 * 3_600_000);
  await asking.putProgram(policy);
  for (const name of mentors) await asking.putPerson(name, 'mentor');
  for (const name of mentees) await asking.putPerson(name, 'mentee', { capacity: { mentee: 1 } });
  for (const name of ['ops', 'coord']) await asking.putPerson(name, 'staff');
  await asking.until(0, '10:00');
  return asking;
}
