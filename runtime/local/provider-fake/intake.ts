import { answerUnder, type Exchange, give } from './answering.ts';
import type { Answer } from './answers.ts';
import type { Courier } from './courier.ts';
import type { Entry, Journal, Submission } from './journal.ts';
import type { Fault, Provider } from './plan.ts';
import { reportsOf } from './reports.ts';
import type { Rules } from './rules.ts';
import { wait } from './wait.ts';

/** What a provider makes of a request by itself, without any fault. */
export interface Verdict {
  accepted: boolean;
  /** The provider's id for the message; used when it is accepted. */
  id: string;
  answer: Answer;
}

export interface IntakeDeps {
  journal: Journal;
  courier: Courier;
  rules: () => Rules;
  now: () => Promise<number>;
}

/** What both providers share: faults, the journal before the answer, and what is told of a message afterwards. */
export interface Intake extends IntakeDeps {
  /**
   * Takes a request in: faults only meet what the provider would have accepted or put into the sandbox.
   * @param judge called once, with the instant of arrival
   */
  send(submission: Submission, judge: (arrivedAt: number) => Verdict, exchange: Exchange): Promise<void>;
  /** Answers a look-up about somebody, or about nobody in particular. */
  lookUp(provider: Provider, about: string[], find: (now: number) => Answer, exchange: Exchange): Promise<void>;
  /** The accepted messages that look-ups show by now. */
  visible(provider: Provider, now: number): Entry[];
}

export function createIntake(deps: IntakeDeps): Intake {
  const { journal, courier, rules, now } = deps;
  return {
    ...deps,
    async send(submission, judge, exchange) {
      const arrivedAt = await now();
      const verdict = judge(arrivedAt);
      const refused = verdict.answer.status >= 400;
      const fault = refused ? null : rules().fault(submission.provider, 'send', submission.to);
      const answer = answerUnder(fault, submission.provider, verdict.answer, {
        now: arrivedAt,
        about: submission.to,
      });
      const accepted = verdict.accepted && isAccepted(fault);
      const late = fault && 'acceptedAfterMs' in fault ? fault.acceptedAfterMs : undefined;
      // Who was cut off knows nothing of what is accepted later.
      if (late !== undefined) await Promise.all([give(null, fault, exchange), wait(late, exchange.stopped)]);
      const at = await now();
      const entry: Entry = {
        ...submission,
        at: new Date(at).toISOString(),
        arrivedAt: new Date(arrivedAt).toISOString(),
        id: accepted ? verdict.id : null,
        accepted,
        status: answer?.status ?? null,
        fault,
        reports: accepted ? reportsOf(submission, rules(), at) : [],
      };
      await journal.write(entry);
      await courier.tellBeforeAnswer(entry);
      courier.tell(entry);
      if (late === undefined) await give(answer, fault, exchange);
    },
    async lookUp(provider, about, find, exchange) {
      const at = await now();
      const fault = rules().fault(provider, 'lookUp', about);
      await give(answerUnder(fault, provider, find(at), { now: at, about }), fault, exchange);
    },
    visible(provider, at) {
      const before = at - rules().lookUpLagMs;
      return journal.entries.filter(
        (entry) => entry.provider === provider && entry.accepted && Date.parse(entry.at) <= before,
      );
    },
  };
}

/** Whether the message goes out under a fault, where the provider by itself would accept it. */
function isAccepted(fault: Fault | null): boolean {
  if (fault === null) return true;
  if ('accepted' in fault && fault.accepted !== undefined) return fault.accepted;
  return ['normal', 'hang', 'reset', 'drip'].includes(fault.answer);
}
