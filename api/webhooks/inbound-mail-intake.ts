import { createHash } from 'node:crypto';
import {
  addressedCases,
  type MailReading,
  outreachAddress,
  readOutreach,
  readUnaddressed,
  senderOf,
} from '../../policy/delivery/inbound-mail.ts';
import type { Classification } from '../../policy/mailbox/row.ts';
import type { Instant } from '../../policy/time.ts';
import type { Database } from '../../prisma/database.ts';
import {
  holdersOf,
  type InboundMailRecord,
  programsLedBy,
  readAddressedCases,
  recordInboundMail,
  type StoredCase,
} from '../../prisma/store/inbound-mail.ts';
import type { NewEntry } from '../../prisma/store/journal.ts';
import type { StaffTask } from '../../prisma/store/staff-tasks.ts';
import { digestOf } from '../digest.ts';
import { refOf } from '../event-entry.ts';
import type { ReadMail } from './inbound-mail-reading.ts';

const source = 'tandem/inbound-mail';

export interface IntakeDependencies {
  database: Database;
  inboundDomain: string | null;
  classify: (template: 'task') => Classification;
}

/**
 * Keeps a mail, once for each case that its envelope names, and carries it to the case's pair or to a person. Answers what
 * was new.
 */
export async function takeMail(
  deps: IntakeDependencies,
  read: ReadMail,
  bytes: Buffer,
  now: Instant,
): Promise<InboundMailRecord[]> {
  const { database, inboundDomain } = deps;
  const { mail } = read;
  const caseIds = inboundDomain === null ? [] : addressedCases(mail, inboundDomain);
  const unaddressed = readUnaddressed(mail, caseIds);
  const named = unaddressed === null ? caseIds : [];
  const sender = senderOf(mail);
  const holders = sender === null ? [] : await holdersOf(database, sender);
  const identity = { mail, message: read.messageId ?? createHash('sha256').update(bytes).digest('hex') };
  const kept = (caseId: string | null, reading: MailReading): InboundMailRecord =>
    recordOf(read, { caseId, reading, holders, inboundDomain, identity });
  const taken: InboundMailRecord[] = [];
  if (unaddressed !== null) {
    const record = kept(null, unaddressed);
    if (await keep(deps, record, null, now)) taken.push(record);
  }
  const cases = named.length > 0 ? await readAddressedCases(database, named) : new Map<string, StoredCase>();
  for (const caseId of named) {
    const addressed = cases.get(caseId) ?? null;
    const record = kept(caseId, readOutreach(mail, addressed, holders, inboundDomain as string));
    if (await keep(deps, record, addressed, now)) taken.push(record);
  }
  return taken;
}

interface Judged {
  caseId: string | null;
  reading: MailReading;
  holders: string[];
  inboundDomain: string | null;
  /** What makes a mail the same as another: its id, what proves its sender, and where it went. */
  identity: object;
}

function recordOf(read: ReadMail, { caseId, reading, holders, inboundDomain, identity }: Judged): InboundMailRecord {
  const providerKey = digestOf({ ...identity, caseId });
  const why = 'doubt' in reading ? reading.doubt : 'reason' in reading ? reading.reason : null;
  return {
    id: `inb_${providerKey.slice(0, 32)}`,
    provider: 'sendgrid',
    providerKey,
    from: senderOf(read.mail),
    to: caseId === null || inboundDomain === null ? null : outreachAddress(caseId, inboundDomain),
    personId: holders.length === 1 ? (holders[0] as string) : null,
    caseId,
    reading: reading.reading,
    doubt: why,
    subject: read.subject,
    body: read.body,
  };
}

async function keep(
  { database, classify }: IntakeDependencies,
  record: InboundMailRecord,
  addressed: StoredCase | null,
  now: Instant,
): Promise<boolean> {
  const entries = record.reading === 'outreach' && addressed ? [entryOf(record, addressed, now)] : [];
  const doubtfulIn = record.reading === 'doubtful' ? await concerned(database, record, addressed) : [];
  const tasks = doubtfulIn.map((programId) => taskOf(record, programId, addressed?.pairId ?? null, classify('task')));
  return recordInboundMail(database, record, { entries, tasks }, now);
}

/** The program of the case; of a mail that names none, those in which its sender leads. */
async function concerned(
  database: Database,
  { personId }: InboundMailRecord,
  addressed: StoredCase | null,
): Promise<string[]> {
  if (addressed) return [addressed.programId];
  return personId === null ? [] : programsLedBy(database, personId);
}

/** The same entry that the API makes of `outreach.recorded` (W9); it occurred when it came in, whatever the mail says. */
function entryOf(record: InboundMailRecord, addressed: StoredCase, now: Instant): NewEntry {
  const data = { by: record.personId as string, caseId: addressed.caseId };
  return {
    source,
    eventId: record.id,
    digest: digestOf({ source, id: record.id, data }),
    ref: refOf(source, record.id),
    type: 'outreach.recorded',
    subject: addressed.pairId as string,
    occurredAt: now,
    receivedAt: now,
    history: false,
    urgent: false,
    data,
    texts: {},
  };
}

/** One open task for each case and doubt: whoever writes a thousand mails makes no more. */
function taskOf(
  { id, caseId, doubt }: InboundMailRecord,
  programId: string,
  pairId: string | null,
  classification: Classification,
): StaffTask {
  return {
    key: `inbound-mail/${programId}/${caseId ?? 'none'}/${doubt}`,
    kind: 'task',
    programId,
    pairIds: pairId === null ? [] : [pairId],
    personId: null,
    reason: 'inbound_mail',
    fields: { reason: 'inbound_mail', subject: id, caseId, doubt },
    because: { rule: 'W9', facts: [] },
    message: { template: 'task', channel: 'email', classification },
  };
}
