import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { openLineFile } from '../../line-file.ts';
import { faultSchema, providers } from './plan.ts';

/** What becomes of a message at one of its recipients. Instants are RFC 3339. */
const report = z.object({
  recipient: z.string(),
  status: z.string(),
  errorCode: z.number().nullable(),
  reason: z.string().nullable(),
  at: z.string(),
  toldAt: z.string(),
  /** Its place among those told at one instant. */
  turn: z.number(),
  times: z.number(),
  lost: z.boolean(),
  beforeAnswer: z.boolean(),
});
export type Report = z.output<typeof report>;

const submission = z.object({
  provider: z.enum(providers),
  from: z.string().nullable(),
  to: z.array(z.string()),
  cc: z.array(z.string()),
  bcc: z.array(z.string()),
  subject: z.string().nullable(),
  body: z.string(),
  html: z.string().nullable(),
  headers: z.record(z.string(), z.string()),
  /** Tandem's id of the send: custom argument `tandem_send`, or `send` (else the last segment) of the status callback. */
  sendId: z.string().nullable(),
  customArgs: z.record(z.string(), z.string()),
  statusCallback: z.string().nullable(),
  messagingServiceSid: z.string().nullable(),
  validityPeriodSeconds: z.number().nullable(),
});
/** What a request asks a provider to send. */
export type Submission = z.output<typeof submission>;

const entry = submission.extend({
  /** When it was accepted or refused. */
  at: z.string(),
  arrivedAt: z.string(),
  /** The provider's id; null for what was refused. */
  id: z.string().nullable(),
  accepted: z.boolean(),
  /** HTTP status of the answer; null where none was to be given. */
  status: z.number().nullable(),
  fault: faultSchema.nullable(),
  reports: z.array(report),
});
/** One request as it stands in the journal. */
export type Entry = z.output<typeof entry>;

export interface Journal {
  /** In the order in which they were written. */
  entries: readonly Entry[];
  /** The accepted message with the provider's id. */
  find(id: string): Entry | undefined;
  /** Resolves when the entry is on disk; only then look-ups see it. */
  write(entry: Entry): Promise<void>;
  close(): Promise<void>;
}

/** Opens a journal (JSON lines) and reads what an earlier process wrote. Half a line, left by a kill, tells of nothing. */
export async function openJournal(path: string): Promise<Journal> {
  const lines = await openLineFile(path);
  const entries = (await readFile(path, 'utf8')).split('\n').flatMap(read);
  const byId = new Map<string, Entry>();
  const index = (entry: Entry): void => {
    if (entry.id !== null) byId.set(entry.id, entry);
  };
  entries.forEach(index);
  return {
    entries,
    find: (id) => byId.get(id),
    async write(entry) {
      await lines.append(JSON.stringify(entry));
      entries.push(entry);
      index(entry);
    },
    close: () => lines.close(),
  };
}

function read(line: string): Entry[] {
  try {
    const result = entry.safeParse(JSON.parse(line));
    return result.success ? [result.data] : [];
  } catch {
    return [];
  }
}
