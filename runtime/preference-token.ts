import type { Signer } from './signing.ts';

/** Whose choices a link is for, and with which program. */
export interface PreferenceSubject {
  personId: string;
  programId: string;
}

const purpose = 'preferences';

/** The signed part of the address of a preference page; whoever has it may choose. */
export function preferenceToken(signer: Signer, { personId, programId }: PreferenceSubject): string {
  return signer.sign(purpose, `${personId}/${programId}`);
}

/** Null unless this installation made the token. */
export function readPreferenceToken(signer: Signer, token: string): PreferenceSubject | null {
  const [personId, programId] = signer.verify(purpose, token)?.split('/') ?? [];
  return personId && programId ? { personId, programId } : null;
}
