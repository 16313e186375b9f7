import type { PhraseLines } from './standard-phrases.ts';

/** Sets of words, for `@name` in phrases; without accents, as texts are read. */
export const spanishSets: Record<string, string> = {
  familia: `papa papi padre padrastro mama mami madre madrastra papas padres hermano hermanastro hermana tio tia primo prima
    abuelo abuela novio novia ex esposo esposa pareja marido familia`,
  quien: `@familia mentor mentora maestro maestra profesor profesora entrenador hombre senor alguien vecino companero
    companeros muchacho tutor`,
  /** How something goes on that somebody does again and again, or gives a reason for. */
  seguido: 'otra a cuando porque para todos todas cada desde pero si mucho siempre sola solo seguido diario hace',
};

/** Spanish phrases by code. */
export const spanishPhrases: PhraseLines = {
  self_harm: `
    me/se quiero/quiere/queria/quisiera morir !de
    kiero morir/morirme/matar/matarme !de
    quiero/quiere/quisiera/queria/quieren morir/morirme/morirse !de
    ganas de morir/morirme/morirse/matarme/matarse !de
    no quiero/quiere ?seguir vivir/viviendo !en/con/aqui/alla/cerca/lejos/solo/sola
    quiero/voy/pienso/pense/pensado/intente/trate/intentar/planeo/gustaria/pensando ?a/en/de matarme !de
    quiere/va/piensa/intento/trato/quiso/intentado/penso ?a/en/de matarse !trabajando/estudiando
    ya no quiero/kiero/quiere/quisiera estar aqui/vivo/viva !en/con/por/tan
    no quiero/kiero/quiere estar/seguir mas aqui/vivo/viva
    no quiero/kiero/quiere seguir vivo/viva/existiendo
    no quiero/kiero/quiere/quisiera existir/despertar !temprano/a/tan/al
    quiero/kiero/quisiera/quiere estar muerto/muerta !de/del
    ojala me muera/muriera/muriese !de
    ojala no hubiera nacido/existido
    ojala estuviera muerto/muerta
    quisiera/desearia/ojala no haber nacido
    no tengo/tiene/hay razon/razones/motivo/motivos para/de vivir
    sin/no ?tengo/tiene ganas de vivir !en/con/aqui/alla
    mejor si ?yo no existiera/estuviera !en/tan/asi
    me voy a matar
    me quiero matar
    se quiere/quiso/va ?a matar
    suicidio/suicida/suicidas/suicidarme/suicidarse/suicidar/suicido/suicidarte
    quitarme/quitarse/quitarte la vida
    acabar/terminar con mi/su vida
    cortarme/cortarse/cortandome ?en ?los/las/la/el brazos/brazo/venas/munecas/piernas/piel
    me/se corto/corta/corte/corta/cortaba ?en ?los/las/la/el brazos/brazo/venas/munecas/piernas/piel
    ^ -@familia/el/ella/se/internet/llamada/telefono/peluquero/peluquera/estilista me corto =@seguido
    me estoy/estaba/sigo/ando/he/vuelvo cortando/cortado =@seguido/de
    volvi/vuelto/vuelvo/empece/empezo/volvio/empezado/sigo ?a cortarme/cortarse/cortandome/cortandose =@seguido/de
    ella/hija/hijo/amiga/amigo/hermana/hermano/prima/primo/alumna/alumno/estudiante se corta/cortaba =@seguido
    me corto de/en/por/a ?las/la nuevo/noche/noches/secreto/escondidas
    me corto a ?mi mismo/misma/veces
    me ?estoy corto/cortando cuando/para/porque
    autolesion/autolesiones/autolesionarme/autolesionarse/autolesiono/autolesiona
    quiero/quiere/voy/va/ganas/pienso/piensa ?a/de/en hacerme/hacerse/lastimarme/lastimarse dano
    quiero/quiere/voy/va/ganas ?a/de lastimarme/lastimarse
    mejor muerto/muerta
    estaria/estarian mejor sin mi
    no vale la pena vivir
    ahorcarme/ahorcarse
    tome/tomo/tomado/tomarme/trague/trago/tragado muchas/demasiadas/varias/todas/tantas/bastantes ?las/mis pastillas
    tome/tomo/tomado/tomarme/trague/trago/tragado un/una/el/la bote/frasco/monton/puno/botella/caja ?entero/entera/llena/lleno de pastillas
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
    me/nos obliga/obligo/obligaba/obligan/fuerza/forzo a tocarlo/tocarla/tocarle/tocarme/besarlo/besarla/desvestirme/desnudarme !en/con
    me/nos hace/hizo/hacia/pide/pidio/dijo/dice ?que ?me tocarlo/tocarle/desvestirme/desvista/desnudarme/desnude !en/con/otra/de
    me/nos obliga/obligo/hace/hizo/pide/pidio/dijo/dice ?a ?que ?me quitarme/quite la ropa/blusa
    foto/fotos/video/videos/imagen/imagenes de su/mi/tu pene/verga/vagina/cuerpo/genitales/senos/pechos
    foto/fotos/video/videos/imagen/imagenes de sus/mis/tus partes/senos/pechos/genitales
    fotos/foto/videos/video mias/mios/mia/mio/suyas/de ~ desnuda/desnudo/desnudas/desnudos/intimas
    me/le/nos enseno/ensena/mostro/muestra/mando/manda/envio/envia su pene/verga/miembro/vagina
    no me/nos deja/dejan/dejaba/dejo irme/irnos
    no me/nos deja/dejan/dejaba/dejo salir de/del ?la/mi/su/el casa/cuarto/recamara/habitacion
    me/nos/la/lo tiene/tienen/tenia encerrado/encerrada/encerrados/encerradas
    me/nos encerro/encierra/encerraron/encierran
    dijo/dice/decia/dicho/pidio/pide ?me ?que no le/se ?lo/la diga/digas/dijera/cuente/cuentes/contara ?esto a nadie
    no se lo/la cuente/cuentes/diga/digas a nadie
    no se lo/la cuente/cuentes/diga/digas a mis/tus/mi/tu @familia
    nuestro ?pequeno secretito
    nuestro pequeno secreto
    es/sera/sea/como nuestro secreto !para/de/mejor
    secreto entre nosotros/tu/nosotras
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
    no tengo/tenemos/tiene/tienen ?nada/mucha/suficiente comida !para/de/en/favorita
    no hay/tengo/tenemos/tiene/tienen ?nada/mucha comida en ?mi/la/nuestra/su casa
    no hay nada ?que/de/para comer en ?mi/la/nuestra/su casa
    no tengo/tenemos/tiene/tienen nada que/de/para comer
    se nos/me acabo la comida !de/del/para/en
    acuesto/acostamos/acostarme/dormir/duermo/dormimos con hambre
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
