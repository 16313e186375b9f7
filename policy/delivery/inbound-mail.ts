/**
 * Which mail counts as outreach (W9): one that the coordinator or the supervisor of an escalated pair blind-copied to the
 * address of its case. Whoever writes to that address ends a pause, so everything that is not certain is for a person. Pure.
 */

/** A mail as its envelope, its headers and the server that took it describe it. */
export interface InboundMail {
  /** Whether everything that was posted could be read, each part once. */
  whole: boolean;
  /** Sender and recipients that the sending server named; the sender of a bounce is empty. Null where they are unknown. */
  envelope: { from: string; to: readonly string[] } | null;
  /** Addresses in the From headers; null where they cannot be told apart. */
  from: readonly string[] | null;
  /** Addresses in the To and Cc headers; null where they cannot be told apart. */
  to: readonly string[] | null;
  /** Outcome for the domain of the envelope's sender, such as `pass`. */
  spf: string | null;
  /** Outcome of each signature by its domain. */
  dkim: ReadonlyArray<{ domain: string; result: string }>;
  /** Whether a header says that a program wrote it, or that it went to a list. */
  automatic: boolean;
}

/** The case that an address names, with who may act on it. */
export interface AddressedCase {
  caseId: string;
  kind: string;
  state: string;
  /** Null for a case about a person alone. */
  pairId: string | null;
  /** Coordinators and supervisors of the case, its pair and its program. */
  staff: ReadonlyArray<{ personId: string; email: string | null }>;
  /** Mentor and mentee: what they write is no outreach, whatever else they are. */
  participants: readonly string[];
  mentorEmail: string | null;
}

/** Why a mail to the address of a case is for a person to judge. */
export type InboundDoubt =
  | 'unreadable'
  | 'too_many_cases'
  | 'unknown_case'
  | 'not_an_escalation'
  | 'case_closed'
  | 'automatic_reply'
  | 'sender_unclear'
  | 'sender_not_staff'
  | 'sender_shares_address'
  | 'sender_is_participant'
  | 'not_authenticated'
  | 'no_other_recipient'
  | 'not_to_mentor';

export type MailReading =
  | { reading: 'outreach'; by: string; caseId: string }
  | { reading: 'doubtful'; doubt: InboundDoubt }
  | { reading: 'ignored'; reason: 'bounce' | 'no_case' };

/** Cases that one mail may name; outreach is to one mentor, and each costs a look. */
const casesAtMost = 20;

/** The address that staff blind-copy to tell of their outreach. */
export function outreachAddress(caseId: string, inboundDomain: string): string {
  return `outreach+${caseId}@${inboundDomain}`;
}

/**
 * The cases whose addresses are among the recipients of the envelope, each once: blind copies are nowhere else, and what
 * the headers say proves no delivery.
 */
export function addressedCases({ envelope }: InboundMail, inboundDomain: string): string[] {
  const domain = plain(inboundDomain);
  const named = (envelope?.to ?? []).map((recipient) => {
    const [, caseId = '', host] = /^outreach\+([A-Za-z0-9_-]{1,64})@([^@]+)$/i.exec(recipient.trim()) ?? [];
    return plain(host ?? '') === domain ? plain(caseId) : '';
  });
  return [...new Set(named.filter((caseId) => caseId !== ''))];
}

/** What is said of a mail before any case is looked at; null where its cases decide. */
export function readUnaddressed(mail: InboundMail, caseIds: readonly string[]): MailReading | null {
  if (mail.envelope?.from === '') return { reading: 'ignored', reason: 'bounce' };
  if (mail.envelope === null) return doubtful('unreadable');
  if (caseIds.length === 0) return { reading: 'ignored', reason: 'no_case' };
  return caseIds.length > casesAtMost ? doubtful('too_many_cases') : null;
}

type Check = (facts: Facts) => InboundDoubt | null;

interface Facts {
  mail: InboundMail;
  addressed: AddressedCase | null;
  /** Everybody who has the sender's address, by id. */
  holders: readonly string[];
  inboundDomain: string;
}

const stillOpen: Check = ({ addressed }) => {
  if (!addressed) return 'unknown_case';
  if (addressed.kind !== 'escalation' || addressed.pairId === null) return 'not_an_escalation';
  return addressed.state === 'open' || addressed.state === 'acknowledged' ? null : 'case_closed';
};

const writtenByHand: Check = ({ mail }) => (mail.automatic ? 'automatic_reply' : null);

const writtenByStaff: Check = ({ mail, addressed, holders }) => {
  const sender = senderOf(mail);
  if (sender === null) return 'sender_unclear';
  const own = addressed?.staff.filter(({ email }) => email !== null && isSameAddress(email, sender)) ?? [];
  if (own.length > 0 && holders.length !== 1) return 'sender_shares_address';
  if (!own.some(({ personId }) => personId === holders[0])) return 'sender_not_staff';
  return addressed?.participants.includes(holders[0] as string) ? 'sender_is_participant' : null;
};

/** SPF speaks for the domain of the envelope's sender and DKIM for the signing one: both count only for their own. */
const authenticated: Check = ({ mail }) => {
  const domain = domainOf(senderOf(mail) ?? '');
  if (domain === null) return 'sender_unclear';
  const envelopeDomain = domainOf(mail.envelope?.from ?? '');
  const bySpf = mail.spf === 'pass' && envelopeDomain !== null && areAligned(envelopeDomain, domain);
  // A list with a failure in it may name domains that its signer made up.
  const allPass = mail.dkim.every(({ result }) => result === 'pass');
  const byDkim = allPass && mail.dkim.some((signature) => areAligned(signature.domain, domain));
  return bySpf || byDkim ? null : 'not_authenticated';
};

/** A mail to nobody but Tandem reached out to nobody. */
const writtenToMentor: Check = ({ mail, addressed, inboundDomain }) => {
  const others = (mail.to ?? []).filter((address) => domainOf(address) !== plain(inboundDomain));
  if (others.length === 0) return 'no_other_recipient';
  const mentor = addressed?.mentorEmail ?? null;
  return mentor === null || others.some((address) => isSameAddress(address, mentor)) ? null : 'not_to_mentor';
};

const checks: readonly Check[] = [stillOpen, writtenByHand, writtenByStaff, authenticated, writtenToMentor];

/**
 * What a mail means for one of the cases that its envelope names: outreach by one of their staff, or why that is not
 * certain.
 * @param addressed the case; null where there is none
 * @param holders everybody, in any program, who has the sender's address
 */
export function readOutreach(
  mail: InboundMail,
  addressed: AddressedCase | null,
  holders: readonly string[],
  inboundDomain: string,
): MailReading {
  if (!mail.whole) return doubtful('unreadable');
  for (const check of checks) {
    const doubt = check({ mail, addressed, holders, inboundDomain });
    if (doubt !== null) return doubtful(doubt);
  }
  return { reading: 'outreach', by: holders[0] as string, caseId: (addressed as AddressedCase).caseId };
}

/** The one address of the From header; null where there is none or more than one. */
export function senderOf({ from }: InboundMail): string | null {
  return from?.length === 1 ? (from[0] as string) : null;
}

function doubtful(doubt: InboundDoubt): MailReading {
  return { reading: 'doubtful', doubt };
}

/** Letters of ASCII alone: other letters that look alike when lowered are other addresses. */
function plain(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function isSameAddress(one: string, other: string): boolean {
  return plain(one.trim()) === plain(other.trim());
}

/** The domain of an address with exactly one @; null for anything else. */
function domainOf(address: string): string | null {
  const [, domain = null] = /^[^@\s]+@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)$/.exec(address.trim()) ?? [];
  return domain === null ? null : plain(domain);
}

/** The same domain, or one below the other; a single label such as `org` is nobody's. */
function areAligned(proven: string, domain: string): boolean {
  const one = plain(proven);
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(one)) return false;
  return one === domain || one.endsWith(`.${domain}`) || domain.endsWith(`.${one}`);
}
