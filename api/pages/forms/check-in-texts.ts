import type { Respondent } from '../../../policy/sections/check-ins.ts';
import { inLanguage } from '../response-texts.ts';

/** The words of a check-in's form, by language. */
export interface CheckInTexts {
  title: string;
  /** What it is about, to each respondent; names are blank of who is no longer there. */
  about: Record<Respondent, (mentor: string, mentee: string) => string>;
  takesMinutes: string;
  privacy: Record<Respondent, (program: string) => string>;
  /** The marks of a scale from 1 to 5. */
  scale: readonly [string, string, string, string, string];
  /** The standard questions by id, to each respondent. */
  questions: Record<string, Record<Respondent, string>>;
  safety: string;
  safetyHint: string;
  discomfort: string;
  notes: string;
  notesHint: string;
}

const all = (text: string): Record<Respondent, string> => ({ mentor: text, mentee: text, guardian: text });

const en: CheckInTexts = {
  title: 'How is it going?',
  about: {
    mentor: (_mentor, mentee) => `We would like to hear how it is going with ${mentee || 'your mentee'}.`,
    mentee: (mentor) => `We would like to hear how it is going with ${mentor || 'your mentor'}.`,
    guardian: (mentor, mentee) =>
      `We would like to hear how ${mentee ? `${mentee}’s` : 'the'} mentoring with ${mentor || 'the mentor'} is going.`,
  },
  takesMinutes: 'It takes a few minutes. Nothing is sent until you press the button at the end.',
  privacy: {
    mentor: (program) =>
      `Only the staff of ${program} read your answers. They are not shown to your mentee or to their family. If somebody may not be safe, staff may have to act on what you tell us.`,
    mentee: (program) =>
      `Only the staff of ${program} read your answers. They are not shown to your mentor, and not to your parent or guardian. If you or somebody else may not be safe, staff may have to tell others what is needed to help.`,
    guardian: (program) =>
      `Only the staff of ${program} read your answers. They are not shown to the mentor or to the mentee. If somebody may not be safe, staff may have to act on what you tell us.`,
  },
  scale: ['1 – hard', '2', '3 – all right', '4', '5 – great'],
  questions: {
    going: all('How is it going?'),
    met: {
      ...all('How often have you met since the last time we asked?'),
      guardian: 'How often have they met since the last time we asked?',
    },
    next_meeting: all('Have you agreed on when you meet next?'),
    goes_well: all('What goes well?'),
    is_hard: all('What is hard, or gets in the way?'),
    support: all('How can we support you?'),
  },
  safety: 'Are you worried about anybody’s safety?',
  safetyHint: 'Your own, or somebody else’s. If you are not sure, choose yes.',
  discomfort: 'Has anything made you feel uncomfortable with your mentor?',
  notes: 'Is there anything else you want to tell us?',
  notesHint: 'If you are worried about somebody’s safety, please say what happened, as far as you want to.',
};

const es: CheckInTexts = {
  title: '¿Cómo va todo?',
  about: {
    mentor: (_mentor, mentee) => `Nos gustaría saber cómo le va con ${mentee || 'la persona a la que usted acompaña'}.`,
    mentee: (mentor) => `Nos gustaría saber cómo le va con ${mentor || 'la persona que le acompaña como mentora'}.`,
    guardian: (mentor, mentee) =>
      `Nos gustaría saber cómo va la mentoría${mentee ? ` de ${mentee}` : ''}${mentor ? ` con ${mentor}` : ''}.`,
  },
  takesMinutes: 'Solo lleva unos minutos. No se envía nada hasta que usted pulse el botón al final.',
  privacy: {
    mentor: (program) =>
      `Solo el personal de ${program} lee sus respuestas. No se muestran a la persona a la que usted acompaña ni a su familia. Si alguien puede no estar a salvo, es posible que el personal tenga que actuar según lo que nos cuente.`,
    mentee: (program) =>
      `Solo el personal de ${program} lee sus respuestas. No se muestran a su mentor o mentora, ni a su madre, padre o tutor. Si usted u otra persona puede no estar a salvo, es posible que el personal tenga que contar a otros lo necesario para ayudar.`,
    guardian: (program) =>
      `Solo el personal de ${program} lee sus respuestas. No se muestran al mentor o mentora ni a la persona acompañada. Si alguien puede no estar a salvo, es posible que el personal tenga que actuar según lo que nos cuente.`,
  },
  scale: ['1 – difícil', '2', '3 – regular', '4', '5 – muy bien'],
  questions: {
    going: all('¿Cómo va todo?'),
    met: {
      ...all('¿Cuántas veces se han visto desde la última vez que preguntamos?'),
      guardian: '¿Cuántas veces se han visto los dos desde la última vez que preguntamos?',
    },
    next_meeting: all('¿Han acordado cuándo se verán la próxima vez?'),
    goes_well: all('¿Qué va bien?'),
    is_hard: all('¿Qué es difícil o se interpone?'),
    support: all('¿Cómo podemos ayudarle?'),
  },
  safety: '¿Le preocupa la seguridad de alguien?',
  safetyHint: 'La suya o la de otra persona. Si no está seguro o segura, elija sí.',
  discomfort: '¿Algo le ha hecho sentir incomodidad con su mentor o mentora?',
  notes: '¿Hay algo más que quiera contarnos?',
  notesHint: 'Si le preocupa la seguridad de alguien, cuéntenos qué pasó, hasta donde usted quiera.',
};

/** The texts of a locale's language, else English. */
export function checkInTexts(locale: string): CheckInTexts {
  return inLanguage({ en, es }, locale);
}
