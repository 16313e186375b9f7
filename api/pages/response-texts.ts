/** The words around every form on which people answer, by language. */
export interface ResponseTexts {
  lang: string;
  forWhom: (person: string, program: string) => string;
  yes: string;
  no: string;
  optional: string;
  send: string;
  dangerTitle: string;
  danger: string;
  privacyTitle: string;
  answeredBefore: string;
  faultsTitle: string;
  faultPrefix: string;
  required: string;
  notOffered: string;
  noCount: (most: number) => string;
  tooLong: (longest: number) => string;
  thanksTitle: string;
  thanks: string;
  concernHeard: string;
  alreadyTitle: string;
  already: string;
  expiredTitle: string;
  expired: string;
}

const en: ResponseTexts = {
  lang: 'en',
  forWhom: (person, program) => `This page is for ${person}, from ${program}.`,
  yes: 'Yes',
  no: 'No',
  optional: '(optional)',
  send: 'Send my answers',
  dangerTitle: 'If anybody is in danger',
  danger:
    'Do not wait for us: call your local emergency number (911 in the United States). Nobody watches this page all day and night.',
  privacyTitle: 'Who reads this',
  answeredBefore:
    'We have your answers from this page already, and nothing more is needed. If you are worried about somebody’s safety, please still tell us here.',
  faultsTitle: 'Please look at this again',
  faultPrefix: 'To correct',
  required: 'Please answer this question',
  notOffered: 'Please choose one of the answers',
  noCount: (most) => `Please enter a number from 0 to ${most}`,
  tooLong: (longest) => `Please write at most ${longest} characters`,
  thanksTitle: 'Thank you',
  thanks: 'We have your answers. You can close this page.',
  concernHeard: 'We take what you told us seriously: the people who look after safety are told at once.',
  alreadyTitle: 'You have answered already',
  already:
    'We have other answers from this page, and keep those. If something has changed, please tell your program coordinator.',
  expiredTitle: 'The time for this form is over',
  expired: 'Your answer is still welcome: please tell your program coordinator.',
};

const es: ResponseTexts = {
  lang: 'es',
  forWhom: (person, program) => `Esta página es para ${person}, de parte de ${program}.`,
  yes: 'Sí',
  no: 'No',
  optional: '(opcional)',
  send: 'Enviar mis respuestas',
  dangerTitle: 'Si alguien está en peligro',
  danger:
    'No espere nuestra respuesta: llame al número de emergencias de su zona (911 en los Estados Unidos). Nadie vigila esta página día y noche.',
  privacyTitle: 'Quién lee esto',
  answeredBefore:
    'Ya tenemos sus respuestas de esta página y no hace falta nada más. Si le preocupa la seguridad de alguien, díganoslo aquí de todos modos.',
  faultsTitle: 'Por favor, revise lo siguiente',
  faultPrefix: 'Por corregir',
  required: 'Por favor, responda a esta pregunta',
  notOffered: 'Por favor, elija una de las respuestas',
  noCount: (most) => `Por favor, escriba un número de 0 a ${most}`,
  tooLong: (longest) => `Por favor, escriba como máximo ${longest} caracteres`,
  thanksTitle: 'Gracias',
  thanks: 'Hemos recibido sus respuestas. Puede cerrar esta página.',
  concernHeard: 'Tomamos en serio lo que nos cuenta: avisamos de inmediato a las personas que cuidan de la seguridad.',
  alreadyTitle: 'Usted ya ha respondido',
  already:
    'Tenemos otras respuestas de esta página y conservamos esas. Si algo ha cambiado, dígaselo a quien coordina su programa.',
  expiredTitle: 'El plazo de este formulario ha terminado',
  expired: 'Su respuesta sigue siendo bienvenida: dígasela a quien coordina su programa.',
};

const languages: Record<string, ResponseTexts> = { en, es };

/** The texts of a locale's language, else English. */
export function responseTexts(locale: string): ResponseTexts {
  return inLanguage(languages, locale);
}

/** What there is for a locale's language, else for English. */
export function inLanguage<T>(byLanguage: Record<string, T>, locale: string): T {
  const language = locale.toLowerCase().split(/[-_]/)[0] as string;
  return byLanguage[Object.hasOwn(byLanguage, language) ? language : 'en'] as T;
}
