import { inLanguage } from '../response-texts.ts';

export type SurveyKind = 'survey' | 'meeting-survey' | 'exit-survey';

/** The words of a survey's form, by language. */
export interface SurveyTexts {
  kinds: Record<SurveyKind, { title: string; about: (counterpart: string) => string; question: string }>;
  /** Stands for a counterpart who is no longer there. */
  somebody: string;
  takesMinutes: string;
  privacy: (program: string) => string;
  /** The marks of the scale, 1 first. */
  scale: readonly [string, string, string, string, string];
  comment: string;
}

const en: SurveyTexts = {
  kinds: {
    survey: {
      title: 'How is your match?',
      about: (counterpart) => `We would like to hear how your time with ${counterpart} is for you.`,
      question: 'How good is the match for you at present?',
    },
    'meeting-survey': {
      title: 'How was your meeting?',
      about: (counterpart) => `We would like to hear how your last meeting with ${counterpart} was for you.`,
      question: 'How good was the meeting for you?',
    },
    'exit-survey': {
      title: 'Looking back',
      about: (counterpart) => `We would like to hear how your time with ${counterpart} was for you.`,
      question: 'How good was the match for you, all in all?',
    },
  },
  somebody: 'your counterpart',
  takesMinutes: 'It takes a minute. Nothing is sent until you press the button at the end.',
  privacy: (program) =>
    `Only the staff of ${program} read your answers; nobody else in your match sees them. If somebody may not be safe, staff may have to tell others what is needed to help.`,
  scale: ['1 – not good', '2', '3 – all right', '4', '5 – very good'],
  comment: 'What would you like to tell us?',
};

const es: SurveyTexts = {
  kinds: {
    survey: {
      title: '¿Cómo va su mentoría?',
      about: (counterpart) => `Nos gustaría saber cómo vive usted el tiempo con ${counterpart}.`,
      question: '¿Qué tan buena es la mentoría para usted en este momento?',
    },
    'meeting-survey': {
      title: '¿Cómo fue su encuentro?',
      about: (counterpart) => `Nos gustaría saber cómo fue para usted el último encuentro con ${counterpart}.`,
      question: '¿Qué tan bueno fue el encuentro para usted?',
    },
    'exit-survey': {
      title: 'Una mirada atrás',
      about: (counterpart) => `Nos gustaría saber cómo fue para usted el tiempo con ${counterpart}.`,
      question: '¿Qué tan buena fue la mentoría para usted, en conjunto?',
    },
  },
  somebody: 'la otra persona',
  takesMinutes: 'Solo lleva un minuto. No se envía nada hasta que usted pulse el botón al final.',
  privacy: (program) =>
    `Solo el personal de ${program} lee sus respuestas; nadie más de su mentoría las ve. Si alguien puede no estar a salvo, es posible que el personal tenga que contar a otros lo necesario para ayudar.`,
  scale: ['1 – nada bien', '2', '3 – regular', '4', '5 – muy bien'],
  comment: '¿Qué le gustaría contarnos?',
};

/** The texts of a locale's language, else English. */
export function surveyTexts(locale: string): SurveyTexts {
  return inLanguage({ en, es }, locale);
}
