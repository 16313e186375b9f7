import { type Database, execute, queryRows } from '../../../prisma/database.ts';
import { createKey } from '../../../prisma/store/keys.ts';
import { dispatchWorkflowId, pairWorkflowId } from '../../../workflows/ids.ts';
import { programId, seedPair, seedPeople, seedProgram } from './seeds.ts';
import type { World } from './world.ts';

/** A pair about which somebody is worried, and a ladder of many people that is climbed in seconds. */

export const pairId = 'worried';
/** Seconds between two calls: long enough for a worker to start between some of them. */
export const climbSeconds = 6;
/** As many that a round outlasts the time without a worker: each call then stands when one is back. */
const people = 40;

/** Key with which events are sent and cases looked after. */
export async function seedLadder(database: Database): Promise<string> {
  const safety = Array.from({ length: people }, (_, n) => `safe${n}`);
  await seedProgram(database, { safety: { climbMinutes: climbSeconds / 60 } }, { safety });
  await seedPeople(database, 'safe', people);
  await execute(database, `update people set phone = '+1212555' || lpad(substr(id, 5), 4, '0') where id like 'safe%'`);
  for (const prefix of ['mentor', 'mentee']) await seedPeople(database, prefix, 1);
  await seedPair(database, { id: pairId, mentorId: 'mentor0', menteeId: 'mentee0' });
  const scopes = ['events', 'read', 'command', 'sensitive'] as const;
  return (await createKey(database, { name: 'platform', scopes: [...scopes] }, new Date())).key;
}

/** Tells of a concern; answers the status. */
export async function worry(url: string, key: string): Promise<number> {
  const data = { respondent: 'mentee', mode: 'form', answers: {}, safetyConcern: true };
  const time = new Date().toISOString();
  const event = {
    specversion: '1.0',
    id: 'worry',
    source: 'https://platform.example.org',
    subject: pairId,
    time,
    data,
  };
  return post(url, key, '/v1/events', { ...event, type: 'tandem.checkin.recorded' }, 'application/cloudevents+json');
}

export async function acknowledge(database: Database, url: string, key: string): Promise<number> {
  const [open] = await safetyCases(database);
  return post(url, key, `/v1/cases/${open?.id}:acknowledge`, { by: 'safe1' });
}

async function post(url: string, key: string, path: string, body: unknown, type = 'application/json'): Promise<number> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': type };
  const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  await answer.arrayBuffer();
  return answer.status;
}

export function safetyCases(database: Database): Promise<Array<{ id: string; state: string }>> {
  return queryRows(database, `select id, state from cases where program_id = $1 and kind = 'safety'`, programId);
}

export interface Call {
  id: string;
  /** Its number on the ladder. */
  k: number;
  channel: string;
  state: string;
}

/** Every call that was said, in order. */
export function calls(database: Database): Promise<Call[]> {
  return queryRows<Call>(
    database,
    `select id, substring(key from 'safety-alert-(\\d+)')::int as k, channel, state from messages
     where template = 'safety-alert' order by 2, channel`,
  );
}

/**
 * Has the server forget that a worker which was just killed has these workflows at hand: it would else wait a minute for it
 * with each of their tasks.
 */
export async function forgetKilled({ client }: Pick<World, 'client'>): Promise<void> {
  const { namespace } = client.options;
  for (const workflowId of [pairWorkflowId(programId, pairId), dispatchWorkflowId('urgent')]) {
    await client.workflowService
      .resetStickyTaskQueue({ namespace, execution: { workflowId } })
      .catch((error: { code?: number }) => {
        if (error.code !== notFound) throw error;
      });
  }
}

/** Of gRPC. */
const notFound = 5;

export async function lastSent(database: Database): Promise<number> {
  const sent = (await calls(database)).filter(({ state }) => state === 'sent');
  return Math.max(-1, ...sent.map(({ k }) => k));
}
