import { readAnsweringPerson } from '../../../prisma/store/answering.ts';
import { chooseEnrolment, type EnrolmentChoice } from '../../../prisma/store/enrolment-choice.ts';
import { inLanguage } from '../response-texts.ts';
import type { ResponseForm } from './form.ts';

/** The form on which somebody says whether they go on with a program (S8, S9). It can be changed while the link holds. */

interface EnrolmentTexts {
  title: (program: string) => string;
  intro: string;
  question: string;
  confirm: string;
  optOut: string;
}

const languages: Record<string, EnrolmentTexts> = {
  en: {
    title: (program) => `Will you go on with ${program}?`,
    intro:
      'Either answer is fine. Nothing is sent until you press the button, and you can change your answer here later.',
    question: 'What would you like?',
    confirm: 'Yes, I go on',
    optOut: 'No, please count me out for now',
  },
  es: {
    title: (program) => `¿Continuará usted con ${program}?`,
    intro:
      'Las dos respuestas están bien. No se envía nada hasta que usted pulse el botón, y puede cambiar su respuesta aquí más tarde.',
    question: '¿Qué prefiere?',
    confirm: 'Sí, continúo',
    optOut: 'No, por ahora no cuenten conmigo',
  },
};

export const enrolmentForm: ResponseForm = async ({ database }, { of: programId, personId }) => {
  const person = await readAnsweringPerson(database, { programId, personId });
  if (!person) return null;
  const { title, intro, question, ...labels } = inLanguage(languages, person.locale);
  const options = (['confirm', 'optOut'] as const).map((value) => ({ value, label: labels[value] }));
  return {
    view: {
      ...person,
      title: title(person.programName),
      intro: [intro],
      privacy: null,
      fields: [{ kind: 'choice', name: 'choice', label: question, required: true, options }],
    },
    answered: false,
    async take(entered, now) {
      const choice = entered.choice as EnrolmentChoice;
      const { outcome } = await chooseEnrolment(database, { personId, programId, choice, now });
      return { outcome: outcome === 'hidden' || outcome === 'removed' ? 'gone' : 'taken', urgent: false };
    },
    hear: async () => false,
  };
};
