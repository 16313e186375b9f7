import type { z } from 'zod';
import type { Database } from '../../prisma/database.ts';
import { newestConsents } from '../../prisma/store/consents.ts';
import { type PersonRecord, readPerson } from '../../prisma/store/people.ts';
import { readRecommendations } from '../../prisma/store/recommendations.ts';
import { rematchAfterOf } from '../../prisma/store/rematches.ts';
import { readSuppressions } from '../../prisma/store/suppressions.ts';
import type { RequestKey } from '../authentication.ts';
import type { personAnswer } from '../schemas/person.ts';

type PersonAnswer = z.input<typeof personAnswer>;

/**
 * A person as a key may see them: the enrolments in its programs, and addresses only with the scope `sensitive` or
 * `admin`. Null for one enrolled in none of its programs.
 */
export async function personView(database: Database, id: string, key: RequestKey): Promise<PersonAnswer | null> {
  const person = await readPerson(database, id, key.programIds);
  if (!person) return null;
  const [consents, suppressions, recommendations, rematchAfter] = await Promise.all([
    newestConsents(database, id),
    readSuppressions(database, person),
    readRecommendations(database, id, key.programIds),
    rematchAfterOf(database, id, key.programIds),
  ]);
  return {
    ...plainView(person, key.has('sensitive') || key.has('admin')),
    rematchAfter: rematchAfter?.toISOString() ?? null,
    consents: consents.map(({ channel, granted, byPersonId, source, givenAt }) => ({
      channel,
      granted,
      by: byPersonId,
      source,
      at: givenAt.toISOString(),
    })),
    suppressions: suppressions.map(({ since, ...rest }) => ({ ...rest, since: since.toISOString() })),
    recommendations: recommendations.map(({ pushedAt, ...rest }) => ({
      ...rest,
      pushedAt: pushedAt?.toISOString() ?? null,
    })),
  };
}

function plainView(
  person: PersonRecord,
  sensitive: boolean,
): Omit<PersonAnswer, 'consents' | 'suppressions' | 'recommendations' | 'rematchAfter'> {
  const { id, version, name, zone, locale, isMinor, guardianId, available, enrolments } = person;
  return {
    id,
    version,
    name,
    zone,
    locale,
    ...(sensitive ? { email: person.email, phone: person.phone } : {}),
    isMinor,
    guardianId,
    capacity: { mentor: person.capacityMentor, mentee: person.capacityMentee ?? 1 },
    programs: enrolments.map(({ programId, role, joinedAt, profileComplete }) => ({
      programId,
      role,
      joinedAt: joinedAt.toISOString(),
      profileComplete,
    })),
    availability: {
      available,
      from: person.leaveFrom?.toISOString() ?? null,
      until: person.leaveUntil?.toISOString() ?? null,
      ...(sensitive ? { reason: person.unavailableReason } : {}),
    },
    enrolment: enrolmentStates(enrolments),
  };
}

/** One state per program, whatever the number of roles. */
function enrolmentStates(enrolments: PersonRecord['enrolments']): PersonAnswer['enrolment'] {
  const byProgram = new Map(enrolments.map(({ programId, state }) => [programId, state]));
  return [...byProgram].map(([programId, state]) => ({ programId, state }));
}
