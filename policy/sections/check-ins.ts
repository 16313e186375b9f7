import { error, type Finding, type LintRule, warning } from '../finding.ts';
import type { Section } from './section.ts';

/** Who is asked in a check-in. */
export type Respondent = 'mentor' | 'mentee' | 'guardian';

/** A program's own question; the standard ones are known by their ids (K5). */
export interface CheckInQuestion {
  id: string;
  text: string;
}

/** Section K of the behaviours: when mentor, mentee and guardian are asked how the match goes. */
export interface CheckInsPolicy {
  /** Days after the match on which each is asked in the first month (K1). */
  firstMonthDays: number[];
  /** Then every so many months, on the match's day of the month (K1). */
  everyMonths: number;
  /** A contact counts so many days before and after the due day (K3). */
  windowDays: number;
  respondents: Respondent[];
  /** Days after the due day on which the coordinator and the supervisor are alerted (K3). */
  overdueDays: number[];
  /** Contacts by phone, video or in person with each respondent per quarter (K4). */
  livePerQuarter: number;
  questions: 'standard' | CheckInQuestion[];
}

const allRespondents: readonly Respondent[] = ['mentor', 'mentee', 'guardian'];
/** A month has room for two windows of so many days before they meet. */
const widestWindow = 14;
/** The mentoring field asks for two contacts in the first month, and one in each month after it (K1). */
const contactsInFirstMonth = 2;
const daysOfMonth = 31;

function ofCheckIns(judge: (section: CheckInsPolicy) => Finding[]): LintRule {
  return ({ policy }) => (policy.checkIns ? judge(policy.checkIns) : []);
}

const windowsLieApart = ofCheckIns(({ windowDays, everyMonths }) => {
  if (windowDays < widestWindow * everyMonths) return [];
  const detail = 'the windows of two check-ins overlap wholly: one contact would do for either';
  return [warning('check_in_windows_overlap', '/policy/checkIns/windowDays', detail)];
});

const staffAreAlerted = ofCheckIns(({ overdueDays }) => {
  const pointer = '/policy/checkIns/overdueDays';
  const [first, second] = overdueDays;
  if (first === undefined) return [error('overdue_unheard', pointer, 'a missed check-in would be heard by nobody')];
  if (first < 1) return [error('overdue_at_once', `${pointer}/0`, 'at least 1: the due day itself is not over')];
  if (second !== undefined) return [];
  return [warning('overdue_unsupervised', pointer, 'the supervisor hears of no missed check-in')];
});

const overdueBeforeTheNext = ofCheckIns(({ overdueDays, everyMonths }) => {
  const at = overdueDays.findIndex((days) => days >= everyMonths * daysOfMonth);
  if (at < 0) return [];
  const detail = 'staff hear of a check-in only after the next one was due';
  return [warning('overdue_late', `/policy/checkIns/overdueDays/${at}`, detail)];
});

const standardIsMet = ofCheckIns(({ firstMonthDays, everyMonths, respondents }) => {
  const early = firstMonthDays.filter((days) => days <= daysOfMonth).length;
  const findings: Finding[] = [];
  const left = allRespondents.find((respondent) => !respondents.includes(respondent));
  if (left) {
    const detail = `the field asks for contact with each of the three: nobody asks the ${left}`;
    findings.push(warning('respondent_left_out', '/policy/checkIns/respondents', detail));
  }
  if (early < contactsInFirstMonth) {
    const detail = 'the field asks for two contacts in the first month';
    findings.push(warning('few_early_check_ins', '/policy/checkIns/firstMonthDays', detail));
  }
  if (everyMonths > 1) {
    const detail = 'the field asks for a contact in every month';
    findings.push(warning('rare_check_ins', '/policy/checkIns/everyMonths', detail));
  }
  return findings;
});

const somebodySpeaksWithThem = ofCheckIns(({ livePerQuarter }) => {
  if (livePerQuarter > 0) return [];
  const detail = 'nobody needs to speak with anyone: the field asks for one live contact a quarter';
  return [warning('no_live_contact', '/policy/checkIns/livePerQuarter', detail)];
});

const questionsHaveNames = ofCheckIns(({ questions }) => {
  if (questions === 'standard') return [];
  const at = questions.findIndex(({ id }, index) => questions.findIndex((other) => other.id === id) < index);
  if (at < 0) return [];
  return [error('question_twice', `/policy/checkIns/questions/${at}/id`, 'another question has this id')];
});

export const checkIns: Section<CheckInsPolicy> = {
  defaults: {
    firstMonthDays: [7, 21],
    everyMonths: 1,
    windowDays: 5,
    respondents: ['mentor', 'mentee', 'guardian'],
    overdueDays: [3, 7],
    livePerQuarter: 1,
    questions: 'standard',
  },
  rules: [
    windowsLieApart,
    staffAreAlerted,
    overdueBeforeTheNext,
    standardIsMet,
    somebodySpeaksWithThem,
    questionsHaveNames,
  ],
};
