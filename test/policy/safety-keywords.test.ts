import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keywordIn } from '../../policy/safety/keywords.ts';
import { codedWords } from '../../policy/safety.ts';

const inStandard = (text: string): string | null => keywordIn(text, 'standard');

/** What people write when something is wrong, by the code that it stands for. */
const telling: Record<string, string[]> = {
  self_harm: [
    'I want to kill myself',
    "i'm going to KILL MYSELF!!",
    'Sometimes I think about killing myself.',
    'She said she wants to die',
    'i wanna die',
    'I wish I was dead',
    "I don't want to live anymore",
    'i dont want to be here anymore',
    'I feel suicidal',
    'He talked about suicide again.',
    'i want to end it all',
    'I am going to take my own life',
    'everyone would be better off without me',
    'there is no reason to live',
    'She has been cutting herself',
    'I cut myself on purpose',
    'my mentee started hurting herself',
    'I want to hurt myself',
    'he tried to hang himself',
    'kill\u200bmyself',
    'Me quiero morir',
    'ya no quiero vivir',
    'quiero morirme',
    'Quiero matarme.',
    'dijo que se quiere matar',
    'pienso en el suicidio',
    'voy a quitarme la vida',
    'me corto los brazos',
    'quiero hacerme daño',
    'estarían mejor sin mí',
  ],
  abuse: [
    'he hits me',
    'My stepdad hit me in the face',
    "My mom's boyfriend hits me when he is drunk",
    'he beats me',
    'Dad beats me with a belt',
    'he keeps hitting me',
    'my father punched my mom',
    'her stepfather hits her',
    'Someone slapped him yesterday',
    'Carlos hits me all the time',
    'my uncle touches me',
    'He touched me and I did not want it',
    'the coach touched my leg',
    'he touched me inappropriately',
    'he kissed me',
    'he raped her',
    'she was sexually assaulted',
    'I think she is being abused',
    'his father is abusive',
    'my dad hurts me',
    'he asked me for nudes',
    'he told me not to tell my parents',
    'they won’t let me eat',
    'They locked me in the basement',
    'He never stops hitting me',
    'mi papá me pega',
    'Me pegó con el cinturón',
    'mi padrastro me golpea',
    'él me toca cuando no quiero',
    'mi tío siempre me toca',
    'abusa de mí',
    'me violaron',
    'me manosea',
  ],
  weapon: [
    'he has a gun',
    'A boy brought a knife to school',
    'there is a gun in his backpack',
    'he pulled a knife on us',
    'he is going to shoot up the school',
    'tiene una pistola',
    'trajo un cuchillo a la escuela',
  ],
  violence: [
    'he threatened me',
    'she threatened to kill my sister',
    'he said he would kill me',
    'I am going to kill him',
    'my cousin got shot last night',
    'he got jumped after school',
    'me amenazó',
    'voy a matarlo',
  ],
  unsafe: [
    'I am scared of him',
    "she's afraid of her",
    'I am scared of my stepdad',
    'he is afraid to go home',
    "I don't feel safe",
    'I dont feel very safe around there',
    'she feels unsafe',
    'I fear for my life',
    'he follows me home',
    'he makes me really uncomfortable',
    'my mom kicked me out of the house',
    'we have nowhere to sleep',
    'I am in danger',
    'le tengo miedo',
    'tengo miedo de él',
    'me da miedo volver a casa',
    'no me siento segura en casa',
  ],
  running_away: [
    'I ran away from home',
    'she is planning to run away',
    "I'm thinking about running away",
    'me voy a escapar',
    'se escapó de la casa',
  ],
  substance: [
    'he gave me weed',
    'my mentor offered us some beer',
    'he showed up drunk',
    'my mom overdosed',
    'she is addicted to pills',
    'I tried meth once',
    'me ofreció drogas',
    'llegó borracho',
    'tuvo una sobredosis',
  ],
};

/** What everybody writes, and nobody is to be called for at three in the morning. */
const harmless = [
  '',
  'We had a great week and finished the lesson.',
  'My mom is going to kill me if I am late',
  'This homework is killing me',
  'You are killing it!',
  'I was dying laughing',
  'I would die for pizza',
  'I want to die of laughing every time',
  'I cut myself shaving',
  'he cut himself some slack',
  'I cut my hair',
  'it hits me that we have known each other for a year',
  'Hit me up when you are free',
  'She hit her goal for the month',
  'he hit it out of the park',
  'he beat me at chess',
  'She beats me at cards every time',
  'they beat us in the final',
  'It touched me deeply',
  'Your letter really touched me',
  'this song touches me',
  'my hand touched the stove',
  'she kicked the ball to me',
  'I am not scared of him',
  'I am scared of heights',
  'scared of the dark and of spiders',
  'I was afraid of failing the exam',
  "He doesn't hit me",
  'he has never hurt me',
  'I feel safe with my mentor',
  'the drive home was safe',
  'We watched Suicide Squad',
  'health class covered suicide prevention',
  'We used a hot glue gun for the project',
  'he has a nerf gun',
  'shoot me an email',
  'we did a photo shoot at school',
  'He has a knife set for cooking class',
  'the printer ran out of paper',
  'I ran away with the prize',
  'they were talking about drug policy in civics',
  'he had drunk all the water',
  'we drank hot chocolate',
  'she got her flu shot',
  'the deadline is in two days',
  'I am dead tired',
  'the skill of the game',
  'she is going to end her internship in June',
  'We talked about feelings and being uncomfortable with change',
  'public speaking makes me uncomfortable',
  'He is homesick',
  'we cleaned the homeless shelter',
  'we talked about the use of phones',
  'the murder mystery night was fun',
  'me toca presentar mañana',
  'a él le toca leer',
  'El martes me toca exponer',
  'me pega el sol en la cara',
  'le pegó a la pelota muy bien',
  'me corté el pelo',
  'no me pega',
  'no le tengo miedo',
  'me muero de risa',
  'quiero morir de risa',
  'quiero vivir en otra ciudad',
  'tengo miedo de reprobar el examen',
  'no me siento seguro de la respuesta',
  'Todo va muy bien con mi mentor.',
];

describe('the standard list', () => {
  for (const [code, sentences] of Object.entries(telling)) {
    it.each(sentences)(`K6 hears ${code} in: %s`, (sentence) => {
      expect(inStandard(sentence)).toBe(code);
    });
  }

  it.each(harmless)('K6 hears nothing in: %s', (sentence) => {
    expect(inStandard(sentence)).toBeNull();
  });

  it('K6 letter case, accents, punctuation and invisible characters make no difference', () => {
    for (const text of [
      'ME QUIERO MORIR',
      'me quiero, morir',
      'mé qüiéro mórir',
      'me\nquiero\nmorir',
      'me quie\u00adro morir',
    ])
      expect(inStandard(text), text).toBe('self_harm');
    expect(inStandard('I don’t want to live anymore')).toBe('self_harm');
    expect(inStandard("I don't want to live anymore")).toBe('self_harm');
  });

  it('K6 of several the gravest is told', () => {
    expect(inStandard('he was drunk, he hits me, and I want to die')).toBe('self_harm');
    expect(inStandard('he was drunk and he hits me')).toBe('abuse');
  });

  it('K6 a sentence is heard wherever it stands in a longer text', () => {
    const around = fc.lorem({ maxCount: 40 });
    fc.assert(
      fc.property(
        around,
        around,
        fc.constantFrom(...Object.entries(telling)),
        fc.nat(),
        (before, after, [code, all], n) => {
          const sentence = all[n % all.length] as string;
          expect(inStandard(`${before}. ${sentence}. ${after}`)).toBe(code);
        },
      ),
    );
  });
});

describe("a program's own list", () => {
  const own = ['blue lantern', 'código rojo', '自殺'];

  it('K6 replaces the standard one', () => {
    expect(keywordIn('I want to kill myself', own)).toBeNull();
    expect(keywordIn('Blue, lantern!', own)).toBe('program');
    expect(keywordIn('esto es un CODIGO ROJO', own)).toBe('program');
    expect(keywordIn('anything', [])).toBeNull();
  });

  it('K6 fits whole words only, and letters of scripts that write no spaces', () => {
    expect(keywordIn('blue lanterns', own)).toBeNull();
    expect(keywordIn('skyblue lantern', own)).toBeNull();
    expect(keywordIn('もう自殺したい', own)).toBe('program');
    expect(keywordIn('自分で殺', own)).toBeNull();
  });

  it('K6 a keyword without a letter fits nothing', () => {
    expect(keywordIn('what? !!!', ['!!!', ' '])).toBeNull();
  });
});

describe('what is known of words outside the database', () => {
  it('K6 fields are named and words are not', () => {
    const coded = codedWords({ notes: 'all well', 'answers.q1': 'he hits me', 'answers.q2': 'ok' }, 'standard');
    expect(coded).toEqual({ given: ['answers', 'notes'], keyword: 'abuse' });
    expect(codedWords({ notes: 'all well' }, 'standard')).toEqual({ given: ['notes'] });
    expect(codedWords({}, 'standard')).toEqual({});
  });

  it('K6 of several fields the gravest code is told', () => {
    expect(codedWords({ a: 'he was drunk', b: 'I want to die', c: 'he hits me' }, 'standard').keyword).toBe(
      'self_harm',
    );
    expect(codedWords({ a: 'nothing', b: 'blue lantern' }, ['blue lantern']).keyword).toBe('program');
  });
});

describe('hostile texts', () => {
  const most = 5_000;
  const patterns = [
    'he hits ',
    'i want ',
    'not ',
    'a',
    '! ',
    'me quiero ',
    'scared of my ',
    '\u0301',
    '\ufdfa',
    'he never ',
    '自',
  ];

  it('K6 a hundred answers of five thousand characters take a bounded time each', () => {
    for (const pattern of patterns) {
      const text = pattern.repeat(Math.ceil(most / pattern.length)).slice(0, most);
      const texts = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`answers.q${n}`, text]));
      const before = performance.now();
      codedWords(texts, 'standard');
      const took = performance.now() - before;
      if (process.env.TEST_TIMES) console.info(JSON.stringify(pattern), Math.round(took));
      expect(took, pattern).toBeLessThan(10_000);
    }
  });

  it('K6 anything at all is read without a fault', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const found = inStandard(text);
        expect(found === null || Object.hasOwn(telling, found)).toBe(true);
      }),
    );
  });
});
