import type { PairDocuments } from '../policy/pair/documents.ts';
import type { WantedDocuments } from '../policy/pair/state.ts';
import type { ReadDocuments } from '../policy/pair/take-up.ts';
import type { ProgramContext } from '../policy/program/concern.ts';
import type { Instant } from '../policy/time.ts';
import type { Database } from '../prisma/database.ts';
import { readOpening, readProgramContext, readWanted } from '../prisma/store/documents.ts';
import type { CarriedPair } from '../workflows/messages.ts';

export interface DocumentActivities {
  /** What a pair's first run needs, with the state that an earlier run left; null when there is no such pair. */
  openPair(input: { pairId: string }): Promise<{ documents: PairDocuments; archive: CarriedPair | null } | null>;
  readDocuments(input: {
    programId: string;
    pairId: string;
    wanted: WantedDocuments;
    currentPolicy: boolean;
  }): Promise<ReadDocuments>;
  /** What a program's decisions rest on as of `now`; null when there is no such program. */
  readProgram(input: { programId: string; now: Instant }): Promise<{ version: number; context: ProgramContext } | null>;
}

export function createDocumentActivities(deps: {
  database: Database;
  lead: PairDocuments['lead'];
}): DocumentActivities {
  return {
    openPair: ({ pairId }) => readOpening(deps.database, pairId, deps.lead),
    readDocuments: (input) => readWanted(deps.database, input),
    readProgram: ({ programId, now }) => readProgramContext(deps.database, programId, now),
  };
}
