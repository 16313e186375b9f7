import type { CommandResult, PairCommand, PairGateway } from '../../api/pair-gateway.ts';
import type { PairEvent } from '../../policy/event.ts';
import { openContext } from '../../policy/pair/documents.ts';
import { openPair } from '../../policy/pair/state.ts';
import { type ProgramInput, withDefaults } from '../../policy/program.ts';
import { type Database, execute } from '../../prisma/database.ts';
import { putClass } from '../../prisma/store/classes.ts';
import { readOpening } from '../../prisma/store/documents.ts';
import { putProgram } from '../../prisma/store/programs.ts';

/** A program, its people and its pairs, for tests of the API; and a pair's workflow that only pretends. */

export const testStaff = { operations: 'per_ops', coordinator: 'per_pc', supervisor: 'per_sup', safety: ['per_safe'] };

/** A program with staff and a class week, unless told otherwise. */
export async function seedProgram(
  database: Database,
  id: string,
  now: number,
  input: Partial<ProgramInput> = {},
): Promise<void> {
  const document = withDefaults({
    name: id,
    zone: 'America/New_York',
    staff: testStaff,
    policy: { classWeek: {} },
    ...input,
  });
  await putProgram(database, { id, document, applyNow: false, now });
}

/** A class with a session each Wednesday at 15:30 from 2026-09-02 on. */
export async function seedClass(database: Database, id: string, programId: string, now: number): Promise<void> {
  const sessions = Array.from({ length: 12 }, (_, week) => {
    const date = new Date(Date.UTC(2026, 8, 2 + 7 * week)).toISOString().slice(0, 10);
    return { id: date, date, start: '15:30', state: 'held' as const };
  });
  const content = { zone: 'America/New_York', endsOn: null, sessions };
  await putClass(database, { id, programId, now, contentAfter: () => content });
}

export interface SeededPerson {
  programs?: string[];
  role?: string;
  enrolment?: string;
  minor?: boolean;
  guardianId?: string;
  removed?: boolean;
}

export async function seedPerson(database: Database, id: string, person: SeededPerson = {}): Promise<void> {
  const {
    programs = [],
    role = 'mentor',
    enrolment = 'active',
    minor = false,
    guardianId = null,
    removed = false,
  } = person;
  await execute(
    database,
    `insert into people (id, version, name, is_minor, guardian_id, available, removed_at, created_at, updated_at)
     values ($1, 1, $1, $2, $3, true, case when $4::boolean then now() end, now(), now())`,
    id,
    minor,
    guardianId,
    removed,
  );
  for (const programId of programs) {
    const sql = `insert into enrolments (person_id, program_id, role, state, joined_at, profile_complete)
      values ($1, $2, $3, $4, now(), true)`;
    await execute(database, sql, id, programId, role, enrolment);
  }
}

/** Writes what a pair's first say would: its state and context as it opens. */
export async function project(
  database: Database,
  pairId: string,
  change: (carried: PretendedPair) => PretendedPair = (carried) => carried,
): Promise<PretendedPair> {
  const read = await readOpening(database, pairId, { ahead: 0, spread: 0 });
  if (!read) throw new Error('no such pair');
  const ctx = openContext(read.documents, 1);
  const carried = change({ state: openPair(ctx), ctx });
  const state = carried.ctx.closed ? 'closed' : 'active';
  const sql = 'update pairs set projection = $2::jsonb, state = $3 where id = $1';
  await execute(database, sql, pairId, JSON.stringify(carried), state);
  return carried;
}

export interface PretendedPair {
  state: ReturnType<typeof openPair>;
  ctx: ReturnType<typeof openContext>;
}

export interface FakeGateway extends PairGateway {
  commands: Array<{ owner: string; name: PairCommand; event: PairEvent }>;
  answers: {
    view: Record<string, unknown> | null;
    plan: Awaited<ReturnType<PairGateway['plan']>>;
    command: CommandResult;
  };
}

/** A pair's workflow that answers what it is told to, and cannot be reached until it is. */
export function fakeGateway(): FakeGateway {
  const fake: FakeGateway = {
    commands: [],
    answers: { view: null, plan: null, command: 'applied' },
    view: async () => fake.answers.view,
    plan: async () => fake.answers.plan,
    command: async (owner, name, event) => {
      fake.commands.push({ owner, name, event });
      return fake.answers.command;
    },
  };
  return fake;
}

/** The database, with a count of the statements that go through it, a transaction being one and each of its own one. */
export function counted(database: Database): { database: Database; statements(): number; reset(): void } {
  let statements = 0;
  const counting = <T extends object>(counts: T): T =>
    new Proxy(counts, {
      get(target, name) {
        const value = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        if (name !== '$queryRawUnsafe' && name !== '$executeRawUnsafe' && name !== '$transaction')
          return value.bind(target);
        return (...[first, ...rest]: unknown[]) => {
          statements++;
          const inside = typeof first === 'function' ? (tx: object) => first(counting(tx)) : first;
          return value.call(target, inside, ...rest);
        };
      },
    });
  return {
    database: counting(database),
    statements: () => statements,
    reset: () => {
      statements = 0;
    },
  };
}
