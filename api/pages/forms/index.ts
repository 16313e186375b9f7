import type { ResponseKind } from '../../../policy/delivery/answer-link.ts';
import { checkInForm } from './check-in.ts';
import { enrolmentForm } from './enrolment.ts';
import type { ResponseForm } from './form.ts';
import { surveyForm } from './survey.ts';

/** The form of every kind of link. A new one is a file beside this one and a line here. */
export const responseForms: Record<ResponseKind, ResponseForm> = {
  'check-in': checkInForm,
  survey: surveyForm('survey'),
  'meeting-survey': surveyForm('meeting-survey'),
  'exit-survey': surveyForm('exit-survey'),
  enrolment: enrolmentForm,
};
