import type { PhraseLines } from './standard-phrases.ts';

/** Sets of words, for `@name` in phrases; without accents, as texts are read. */
export const spanishSets: Record<string, string> = {
  familia: `papa papi padre padrastro mama mami madre madrastra papas padres hermano hermanastro hermana tio tia primo prima
    abuelo abuela novio novia ex esposo esposa pareja marido familia`,
  quien: `@familia mentor mentora maestro maestra profesor profesora entrenador hombre senor alguien vecino companero
    companeros muchacho tutor`,
};

/** Spanish phrases by code. */
export const spanishPhrases: PhraseLines = {
  self_harm: `
    me/se quiero/quiere/queria/quisiera morir !de
    quiero/quiere/quisiera/queria/quieren morir/morirme/morirse !de
    ganas de morir/morirme/morirse/matarme/matarse !de
    no quiero/quiere ?seguir vivir/viviendo !en/con/aqui/alla/cerca/lejos/solo/sola
    quiero/voy/pienso/pense/pensado/intente/trate/intentar/planeo/gustaria/pensando ?a/en/de matarme !de
    quiere/va/piensa/intento/trato/quiso/intentado/penso ?a/en/de matarse !trabajando/estudiando
    me voy a matar
    me quiero matar
    se quiere/quiso/va ?a matar
    suicidio/suicida/suicidas/suicidarme/suicidarse/suicidar/suicido/suicidarte
    quitarme/quitarse/quitarte la vida
    acabar/terminar con mi/su vida
    cortarme/cortarse/cortandome ?en ?los/las/la/el brazos/brazo/venas/munecas/piernas/piel
    me/se corto/corta/corte/corta/cortaba ?en ?los/las/la/el brazos/brazo/venas/munecas/piernas/piel
    me ?estoy corto/cortando cuando/para/porque
    autolesion/autolesiones/autolesionarme/autolesionarse/autolesiono/autolesiona
    quiero/quiere/voy/va/ganas/pienso/piensa ?a/de/en hacerme/hacerse/lastimarme/lastimarse dano
    quiero/quiere/voy/va/ganas ?a/de lastimarme/lastimarse
    mejor muerto/muerta
    estaria/estarian mejor sin mi
    no vale la pena vivir
    ahorcarme/ahorcarse
  `,
  abuse: `
    ^ me/nos pega/pego/pegan/pegaron/pegaba/pegando !el/la/un/una/mucho/muy/los/las
    ^ me/nos pega/pego el/la @quien
    ^ me/nos golpea/golpeo/golpean/golpearon/golpeaba/maltrata/maltrato/maltratan/cachetea/patea/patean/azota/lastima !la/el
    ^ le/lo/la/les golpea/golpean/golpeo/maltrata/maltratan/maltrato
    ^ le pega/pego/pegan !al/a/muy/bien
    ^ le/les pega/pego/pegan a mi/su ~ @familia
    me dio/pego/da una/un cachetada/bofetada/golpe/golpiza/paliza/punetazo/patada
    el/ella me toca/toco/tocaba/toca !a/exponer/presentar/hablar/ir/hacer/pasar/leer
    @quien ~ me toca/toco/tocaba/tocan/tocaron !a/exponer/presentar/hablar/ir/hacer/el/la
    me toca/toco/tocan/tocaron/tocaba mis/sin/donde/ahi/inapropiadamente/debajo/entre/cuando
    tocarme mis/sin/donde/ahi/cuando
    me manosea/manoseo/manosean/manosearon
    abusa/abuso/abusan/abusaron/abusaba/abusado de mi/ella/el/nosotros/nosotras/su
    abuso/acoso/agresion sexual
    me acosa/acosan/acoso/acosaron
    me/la/lo violo/viola/violaron/violaba
    violacion/violada/violador
    fotos/foto/videos/video desnuda/desnudo/desnudas/desnudos/intimas/intimos/sexuales
    no me/nos da/dan de comer
    no me/nos deja/dejan comer
    no le/les cuente/cuentes/diga/digas a mis/tus/mi/tu @familia
  `,
  weapon: `
    tiene/tenia/trae/trajo/traia/llevo/lleva/saco/traen un/una pistola/arma/cuchillo/navaja/machete/rifle/escopeta
    con una pistola/navaja
    arma/armas de fuego
    arma/armas/pistola/pistolas/cuchillo/navaja a/en la/mi escuela
    amenaza de bomba
  `,
  violence: `
    me/nos/lo/la/le amenazo/amenaza/amenazan/amenazaron/amenazaba/amenazando
    amenazo/amenaza/amenazan con matar/matarme/matarlo/matarla/pegarme/lastimar/golpear
    voy/quiero/vamos ?a matarlo/matarla/matarlos/matarlas
    lo/la/los/las voy/quiero ?a matar
    quiere/quiso/quieren/intento matarme/matarnos
    me/nos quiere/quiso/quieren matar
    que me va/iba/van ?a matar
    apunalo/apunalaron/apunalado/apunalada
    le/me/nos disparo/dispararon
    me/lo/la secuestro/secuestraron
  `,
  unsafe: `
    ^ tengo/tiene/tenemos/tenia/tuve ?mucho/tanto/demasiado miedo de/a el/ella/ellos/mi/su/mis
    ^ le/les tengo/tiene/tenemos/tenia ?mucho miedo !a
    ^ le/les tengo/tiene/tenemos/tenia ?mucho miedo a mi/su/el/ella/ellos @quien
    ^ tengo/tiene/tenia/da miedo de ir/volver/regresar/llegar/estar ?a/en ?mi/la/su casa
    ^ tengo/tiene/da ?mucho miedo ?de ir/volver/regresar/llegar/estar ?a/en ?mi/la/su casa
    ^ me/le da ?mucho miedo ?de estar ?a ?solo/sola/solas con/en
    ^ me da miedo mi/el/su @quien
    no me/se/nos siento/siente/sentimos/sentia ?muy seguro/segura/seguros/seguras !de/si/que
    no estoy/esta/estamos a salvo
    estoy/esta/estamos/corro/corre/corremos ?en peligro !de
    me sigue/siguen/siguio/siguieron ?hasta/a ?mi ?la casa
    me/nos corrieron/corrio/echaron/echo/saco/sacaron de ?la/mi/su casa
    no tengo/tenemos donde/adonde dormir/vivir/quedarme/quedarnos
  `,
  running_away: `
    escaparme/escaparse/escapar/huir/fugarme/fugarse de ?mi/la/su casa
    me/se escape/escapo/fugue/fugo/escapado/escapare/fugaron de ?mi/la/su casa
    quiero/voy/vamos/pienso ?a/en escaparme/escapar/huir/fugarme
    me voy/quiero ?a escapar/fugar
    irme de ?mi/la casa
  `,
  substance: `
    sobredosis
    me/le/nos/les dio/dieron/ofrecio/ofrecieron/vendio/vendieron/da/dan/ofrece/ofrecen/vende/venden ~ drogas/droga/alcohol/cerveza/cervezas/marihuana/mota/pastillas/cocaina/cristal/tequila
    estaba/llego/esta/vino/llega/viene/estuvo/andaba/anda ~ borracho/borracha/drogado/drogada/ebrio/ebria
    maneja/manejo/manejando/manejaba borracho/borracha/tomado/tomada/drogado/ebrio
    usa/uso/usando/fuma/fumo/fumando/vende/vendo/consume/consumo/probe/probo drogas/marihuana/cocaina/cristal/mota
  `,
};
