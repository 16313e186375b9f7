import type { Instant } from '../../policy/time.ts';
import type { Database, Queryable, Transaction } from '../database.ts';
import { lockPerson, type PersonRecord, type ProgramLimit, raiseVersion } from './people.ts';

/** For a minor, `contact` stands for being written to at all; the guardian gives it. */
export type ConsentChannel = 'sms' | 'email' | 'contact';

export interface ConsentRecord {
  channel: string;
  granted: boolean;
  byPersonId: string;
  source: string;
  wording: string;
  givenAt: Date;
}

export interface PutConsent {
  personId: string;
  channel: ConsentChannel;
  granted: boolean;
  /** Person who gave it. */
  by: string;
  source: string;
  wording: string;
  at: Instant;
  programIds: ProgramLimit;
  now: Instant;
}

export type ConsentChange =
  | { outcome: 'stored'; created: boolean }
  | { outcome: 'hidden' }
  /** A minor's `contact` consent can be given by the guardian only. */
  | { outcome: 'not_the_guardian' }
  /** A minor's guardian has not consented to contact. */
  | { outcome: 'consent_missing' };

/**
 * Adds a consent record, unless the newest of the channel says the same. For a minor the guardian's `contact` consent
 * comes first (M1); taking a consent back is never refused. One transaction; the person's row is locked.
 */
export function putConsent(database: Database, input: PutConsent): Promise<ConsentChange> {
  return database.$transaction(async (on) => {
    const person = await lockPerson(on, input.personId, input.programIds);
    if (!person) return { outcome: 'hidden' };
    const newest = await newestConsents(on, input.personId);
    const obstacle = input.granted && person.isMinor ? obstacleOfMinor(person, newest, input) : null;
    if (obstacle) return { outcome: obstacle };
    const stands = newest.find((consent) => consent.channel === input.channel);
    if (stands && saysTheSame(stands, input)) return { outcome: 'stored', created: false };
    await addConsent(on, input);
    await raiseVersion(on, person, input.now);
    return { outcome: 'stored', created: true };
  });
}

function obstacleOfMinor(
  { guardianId }: PersonRecord,
  newest: ConsentRecord[],
  { channel, by }: PutConsent,
): 'not_the_guardian' | 'consent_missing' | null {
  if (channel === 'contact') return guardianId !== null && by === guardianId ? null : 'not_the_guardian';
  const contact = newest.find((consent) => consent.channel === 'contact');
  return contact?.granted && contact.byPersonId === guardianId ? null : 'consent_missing';
}

function saysTheSame(stands: ConsentRecord, { granted, by, source, wording, at }: PutConsent): boolean {
  const said = [stands.granted, stands.byPersonId, stands.source, stands.wording, stands.givenAt.getTime()];
  return JSON.stringify(said) === JSON.stringify([granted, by, source, wording, at]);
}

async function addConsent(on: Transaction, input: PutConsent): Promise<void> {
  const { personId, channel, granted, by, source, wording, at, now } = input;
  const recordedAt = new Date(now);
  await on.consent.create({
    data: { personId, channel, granted, byPersonId: by, source, wording, givenAt: new Date(at), recordedAt },
  });
}

/** The newest record of each channel, which is the one that counts. */
export function newestConsents(on: Queryable, personId: string): Promise<ConsentRecord[]> {
  return on.consent.findMany({
    where: { personId },
    distinct: ['channel'],
    orderBy: [{ channel: 'asc' }, { id: 'desc' }],
    select: { channel: true, granted: true, byPersonId: true, source: true, wording: true, givenAt: true },
  });
}
