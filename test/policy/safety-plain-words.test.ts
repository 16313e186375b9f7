import { describe, expect, it } from 'vitest';
import { codedAnswer } from '../../policy/coded-answer.ts';
import { keywordIn } from '../../policy/safety/keywords.ts';

/** What pupils type, without apostrophes, in short forms and as they hear it. */
const typed: Record<string, string[]> = {
  self_harm: [
    'kill my self',
    'i wanna kill myslef',
    'im gonna kms',
    'i want to kms so bad',
    'everybody tells me kys',
    'i want 2 die',
    'i just want to die',
    'wanna just die',
    'i want to be dead',
    'i hope i die',
    'i wish i wasnt alive',
    'i wish i was never born',
    'nobody would care if i died',
    'dont wanna be here no more',
    'i dont want 2 live',
    'tired of living',
    'no point in living',
    'i started cutting again',
    'shes cutting again',
    'ive been cutting',
    'i cut my self',
    'i took too many pills',
    'he took a whole bottle of tylenol',
    'i tried to od',
    'ya no quiero estar aqui',
    'Ya no quiero estar aquí.',
    'no quiero existir',
    'ojalá me muera',
    'kiero morirme',
    'me corto',
    'a veces me corto',
    'me corto por las noches',
    'volví a cortarme',
    'mi amiga se corta',
    'tomé muchas pastillas',
  ],
  abuse: [
    'he makes me touch him',
    'he made me touch it',
    'he sent me a picture of his penis',
    'he sends me dick pics',
    'he showed me his dick',
    'he wants a pic of me naked',
    'he wants me to have sex',
    'he put his hand in my pants',
    'dont tell your parents',
    'he said dont tell your mom about us',
    'she said dont tell anyone',
    'please dont tell my mom',
    'our little secret',
    'he says its our secret',
    'he told me to keep it a secret',
    'lets keep this between us',
    'he wont let me leave',
    'they wont let me leave the house',
    'he keeps me locked in the basement',
    'me obliga a tocarlo',
    'me mandó una foto de su pene',
    'me dijo que me quite la ropa',
    'me dijo que no le diga a nadie',
    'es nuestro secreto',
    'no se lo cuentes a tus papás',
    'no me deja irme',
    'me tiene encerrada',
  ],
  unsafe: [
    'we have no food',
    'we dont have any food',
    'we ran out of food',
    'i went to bed hungry',
    'he hasnt eaten in two days',
    'no tenemos comida',
    'no tenemos comida en la casa',
    'no tenemos nada que comer',
  ],
  substance: ['ODed last night', "my mom OD'd last night", 'he oded on fentanyl'],
};

/** The same words where they tell of nothing. */
const harmless = [
  'we ran 5 kms',
  'we should run two kms',
  'the park is 3 kms away',
  'it kills my self esteem',
  "Don't kill yourself over the homework",
  'I want dead leaves for the collage',
  'I feel like dying my hair',
  'tired of living with roommates',
  'cutting paper for the poster',
  'I started cutting the fabric',
  'we started cutting out shapes again',
  'we took too many pictures',
  'gran takes a lot of medication',
  'OD',
  'it was odd last night',
  "isn't he odd",
  'Oded is a good mentor',
  'he made me touch the starfish',
  'he sent me Moby Dick',
  'a picture of his car',
  'he put his hands in his pants pockets',
  'we had sex ed in class',
  'I dont tell my mom everything',
  'Why not tell your teacher?',
  'our secret recipe',
  'our secret santa',
  'stay between the lines',
  'the site doesnt let me leave a comment',
  'my teacher wont let me leave early',
  'ran out of food coloring',
  'we have no food allergies',
  'we have no food for the picnic',
  'no food or drinks in the lab',
  'I have not eaten all three cookies',
  'ya no quiero estar en este equipo',
  'ya no quiero estar aquí en esta clase',
  'me corto el pelo',
  'me corté el dedo cocinando',
  'mi novio me cortó',
  'se me cortó la llamada',
  'tomé muchas fotos',
  'me hizo tocar el piano',
  'es nuestro secreto para ganar',
  'no tenemos comida para la fiesta',
  'no tengo que comer eso',
  'no me dejan salir con mis amigos',
];

describe('plain words', () => {
  for (const [code, sentences] of Object.entries(typed)) {
    it.each(sentences)(`K6 ${code} is heard in: %s`, (sentence) => {
      expect(keywordIn(sentence, 'standard')).toBe(code);
    });
  }

  it.each(harmless)('K6 nothing is heard in: %s', (sentence) => {
    expect(keywordIn(sentence, 'standard')).toBeNull();
  });
});

describe('an answer that is a list', () => {
  const coded = (given: unknown) => codedAnswer('checkin.recorded', { answers: { q: given } }, 'standard');

  it('K6 is looked through item by item, line breaks within one included', () => {
    expect(coded(['fine', 'I want\nto die']).data.keyword).toBe('self_harm');
    expect(coded(['I want "to" die']).data.keyword).toBe('self_harm');
    expect(coded(['All well', 'A good week']).data.keyword).toBeUndefined();
  });

  it('K6 no item negates the next', () => {
    expect(coded(['never', 'scared of my uncle']).data.keyword).toBe('unsafe');
    expect(coded(['never scared of my uncle']).data.keyword).toBeUndefined();
  });

  it('K5 is kept as words, one item a line', () => {
    expect(coded(['Chess', 'Bowling']).texts).toEqual({ 'answers.q': 'Chess,\nBowling' });
    expect(coded([]).texts).toEqual({});
  });
});
