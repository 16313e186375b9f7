/** The words of the preference page, by language. */
export interface PreferenceTexts {
  lang: string;
  title: (program: string) => string;
  forWhom: (person: string, program: string) => string;
  intro: string;
  mailTo: (address: string) => string;
  textsTo: (ending: string) => string;
  /** By name of the choice. */
  choices: Record<string, string>;
  alwaysComes: string;
  textsNeed: string;
  mailStopped: string;
  noAddress: string;
  save: string;
  savedTitle: string;
  saved: string;
  comes: (what: string) => string;
  stopped: (what: string) => string;
  /** What is listed once it is saved, by name of the choice. */
  kinds: Record<string, string>;
  change: string;
}

const en: PreferenceTexts = {
  lang: 'en',
  title: (program) => `Messages from ${program}`,
  forWhom: (person, program) => `This page is for ${person}, about messages from ${program}.`,
  intro: 'Choose what you want to get. Nothing changes until you press Save.',
  mailTo: (address) => `Mail to ${address}`,
  textsTo: (ending) => `Texts to the number ending in ${ending}`,
  choices: {
    'email.reminder': 'Reminders of what is still open',
    'email.survey': 'Surveys',
    'email.announcement': 'Announcements',
    'email.optional': 'Send me only what is needed (this stops all of the above)',
    'sms.all': 'Texts',
  },
  alwaysComes: 'Answers to what you ask, and what concerns your safety, always come by mail.',
  textsNeed: 'Texts come only if you agreed to them before. If you texted STOP, also text START to the same number.',
  mailStopped: 'At present no mail goes to this address at all: mail came back, or was reported as unwanted.',
  noAddress: 'We have no mail address and no phone number of yours, so there is nothing to choose.',
  save: 'Save',
  savedTitle: 'Saved',
  saved: 'This is what holds from now on:',
  comes: (what) => `${what}: on`,
  stopped: (what) => `${what}: off`,
  kinds: {
    'email.reminder': 'Reminders by mail',
    'email.survey': 'Surveys by mail',
    'email.announcement': 'Announcements by mail',
    'email.optional': 'Mail that is not needed',
    'sms.all': 'Texts',
  },
  change: 'Change again',
};

const es: PreferenceTexts = {
  lang: 'es',
  title: (program) => `Mensajes de ${program}`,
  forWhom: (person, program) => `Esta página es para ${person}, sobre los mensajes de ${program}.`,
  intro: 'Elija lo que quiere recibir. Nada cambia hasta que pulse Guardar.',
  mailTo: (address) => `Correo a ${address}`,
  textsTo: (ending) => `Mensajes de texto al número que termina en ${ending}`,
  choices: {
    'email.reminder': 'Recordatorios de lo que está pendiente',
    'email.survey': 'Encuestas',
    'email.announcement': 'Avisos',
    'email.optional': 'Enviarme solo lo necesario (esto detiene todo lo anterior)',
    'sms.all': 'Mensajes de texto',
  },
  alwaysComes: 'Las respuestas a lo que usted pide, y lo que concierne a su seguridad, siempre llegan por correo.',
  textsNeed:
    'Los mensajes de texto llegan solo si usted los aceptó antes. Si envió STOP, envíe también START al mismo número.',
  mailStopped: 'Por ahora no se envía ningún correo a esta dirección: fue devuelto o marcado como no deseado.',
  noAddress: 'No tenemos ninguna dirección de correo ni número de teléfono suyo, así que no hay nada que elegir.',
  save: 'Guardar',
  savedTitle: 'Guardado',
  saved: 'Esto es lo que vale desde ahora:',
  comes: (what) => `${what}: sí`,
  stopped: (what) => `${what}: no`,
  kinds: {
    'email.reminder': 'Recordatorios por correo',
    'email.survey': 'Encuestas por correo',
    'email.announcement': 'Avisos por correo',
    'email.optional': 'Correo que no es necesario',
    'sms.all': 'Mensajes de texto',
  },
  change: 'Cambiar de nuevo',
};

const languages: Record<string, PreferenceTexts> = { en, es };

/** The texts of a locale's language, else English. */
export function preferenceTexts(locale: string): PreferenceTexts {
  return languages[locale.split('-')[0] as string] ?? en;
}
