import type { PhraseLines } from './standard-phrases.ts';

/** Sets of words, for `@name` in phrases. */
export const englishSets: Record<string, string> = {
  kin: `dad daddy father stepdad stepfather mom mommy mum mama mother stepmom stepmother parents parent brother
    stepbrother brothers sister uncle aunt cousin grandpa grandfather grandma grandmother guardian family boyfriend
    girlfriend bf gf ex husband wife partner`,
  others: `mentor coach teacher tutor boss someone somebody neighbor neighbour roommate guy man boy kid kids boys girls
    classmate classmates student students mentee friend people friends pastor`,
  who: 'he she they who @kin @others',
  self: 'myself myslef mysef himself herself themselves themself ourselves',
  own: 'my his her their your our',
  /** What goes on after a `her` that is a person, and not the owner of something. */
  after: `in on with when so and because again all hard every at yesterday last if for til until till while too a
    sometimes daily once twice this but or if cause cuz always whenever after before`,
  drugs: `drugs drug weed marijuana pot pills alcohol beer beers vodka liquor wine tequila cocaine crack meth heroin
    fentanyl xanax molly ecstasy edibles joint blunt cigarettes vape vapes lsd shrooms opioids`,
  pills: 'pills pill tablets tylenol advil ibuprofen paracetamol aspirin benadryl xanax',
  privates: 'penis dick cock privates genitals vagina pussy boobs tits nipples',
  picture: 'picture pictures pic pics photo photos video videos vid vids selfie selfies',
  makes: 'makes made make making forces forced forcing',
  orders: '@makes asks asked tells told wants wanted',
  /** What `my self` is the beginning of, where it is not myself. */
  quality: 'esteem confidence respect image worth doubt control care awareness discipline talk defense',
  /** What food is not, and what an event lacks food for. */
  notFood: `coloring colouring color colour dye allergies allergy restrictions preferences ideas truck trucks processor
    poisoning drive drives fight network waste court budget service for at`,
};

/** English phrases by code. */
export const englishPhrases: PhraseLines = {
  self_harm: `
    kill/kills/killing/killed/kil @self
    kill/kills/killing/killed @own self !@quality
    ^ kill/killing yourself/urself !over/trying/on/with/for/at/by/working/studying/laughing/doing
    kys
    want/wants/wanted/going/need/about/ready/have/try/tried/trying/plan/planning to/2 ?just kms !away/from/per/or/vs
    wanna/gonna/gunna/finna/imma/ima/lemme/might/should/could/would/will/rather/ill/id ?just/rather/literally/actually kms !away/from/per/or/be/and/work/vs
    want/wants/wanted/wanting to/2/too ?just die !of/laughing
    wanna/wana ?just die !of/laughing
    want/wants/wanted/wanna ?to/2 be dead !tired/on/last
    hope/hoping i die !of/laughing
    i should ?just/probably die
    wish/wishes ?that i could ?just die !of/laughing
    wish/wishes ?that i ?was wasnt/werent/didnt/never alive/born/exist/existed
    feel/feels/felt like dying !my/her/his/of/it/laughing/from
    care/cares/notice/miss ?me if i die/died
    better if i was/were dead/gone
    better if i wasnt/werent alive/born/around
    gonna/wanna/to off @self
    wish/wishes/wished ?that i/he/she/they was/were dead
    end/ending it all
    end/ending/ended/ends @own ?own life
    take/taking/took/takes/taken @own own life
    suicide/suicidal/suicides/sucide/sucidal/suiside !squad/prevention/awareness
    better off dead
    better off without me
    dont/doesnt/didnt/not want/wanna ?to/2 be/b alive
    dont/doesnt/didnt/not want/wanna ?to/2 be/b here ?no/any anymore/more
    dont/doesnt/didnt/not want/wanna ?to/2 live/exist !in/at/with/here/there/near/like/by/alone/close/far/on
    dont/doesnt/didnt/not want/wanna ?to wake up ever/again/tomorrow/anymore
    and never wake up !on/early/in/at/before
    no reason to live
    nothing to live for
    not/isnt worth living
    life ?is isnt/not worth it
    point of/in/to living !in/with/at/near/here
    tired/sick of ?being living/alive !in/with/at/near/here/there/like/out/on/off/so/by/alone/together
    done with life
    unalive/unaliving
    self harm/harming/harmed/harms
    selfharm/selfharming
    cutting @self !off/short/some/a/while/shaving/cooking
    cut/cuts @self !shaving/cooking/while/on/off/some/a/short/chopping/by/accidentally/when/in/at/with/peeling/slicing/badly
    cut/cuts @self on purpose
    cut/cuts @self with a razor/blade
    cut/cuts/cutting/slit/slitting @own wrist/wrists/throat
    @who/i/im/ive/shes/hes/theyre ~ cutting again !the/into/class/hair/down/back/on/through/out/up
    i/ive/she/shes/he/hes ?have/has ?been/started/keep/keeps/kept cutting =again/because/cause/cuz/when/since/every/last/lately/but/too/more/daily/so
    cutting to cope/feel
    cut/cuts/cutting/hang/hanging/starve/starving @own self !@quality/shaving/cooking/while/on/off/some/a/short/chopping/by/accidentally/when/in/at/with/slicing
    to/of/about/been/keep/keeps/started/starts hurt/harm/hurting/harming @own self !@quality/trying/playing
    cutting @own arm/arms/thigh/thighs/leg/legs/skin
    hurt/hurts/hurting/harm/harms/harmed/harming/injure @self on purpose
    to hurt/harm/cut @self !trying/playing
    of/about/hurting/harming hurting/harming/cutting @self
    been/keep/keeps/started/starts hurting/harming/cutting @self
    hang/hanged/hung/hanging @self
    jump/jumping/jumped off ?of a/the bridge/roof/building/balcony/overpass
    starve/starving @self
    thoughts of/about suicide/dying/death
    took/take/takes/taken/taking/swallowed/swallow ?way too/so many/much ?of/sleeping ?my/his/her/the @pills/meds/medication/medicine
    took/taken/taking/swallowed/swallow ?like a/the ?whole bunch/handful/bottle/lot/box ?of ?my/his/her/the/sleeping @pills
    took/taken/taking/swallowed all ?of ?my/his/her/the/moms/dads/sleeping pills !as/like
    want/wants/wanted/wanna/going/gonna/tried/try/trying/plan/planning ?to/2 od/overdose !on
  `,
  abuse: `
    @who ~ hit/hits/hitting/slap/slaps/slapped/punch/punches/punched/kick/kicks/kicked/choke/chokes/choked/strangled/whips/whipped/smacked/smacks/shoved/shoves/burned/burns me/us/him !up/back/off/out/that
    @who ~ hit/hits/hitting/slap/slaps/slapped/punch/punches/punched/kick/kicks/kicked/choke/chokes/choked/strangled/whips/whipped/smacked/smacks/shoved/shoves/burned/burns her =@after
    @who ~ beat/beats/beating me/us/him !at/to/by/in/again
    @who ~ beat/beats/beating her =and/when/with/all/every/because/for/up/so/if/too
    @who ~ hit/hits/beat/beats/slaps/slapped/punched/punches/choked/chokes/hurts my/his/her ?little mom/mum/mother/sister/brother/siblings/wife/kids/son/daughter
    beat/beats/beaten/beating/beats me/us/him up
    -it/this/that/which/what/reality/song/music/ball/sun/everything/news hits me !up/that/like/how/back
    hitting/slapping/punching/choking/strangling me/us !up/with/that/like
    beating/beats me/us =and/when/with/all/every/because/for/up/so/if/too
    -it/this/that/story/song/message/letter/kindness/book/movie/really/which/what touches me !deeply/emotionally
    touching/groping/fondling/molesting me/us/him !deeply
    @who ~ touched/touch/touches/grope/gropes/groped/fondled/fondles/rubs/rubbed me !deeply/emotionally
    @who ~ touched/touches/groped/fondled him !deeply/emotionally
    @who ~ touched/touches/groped/fondled her =@after
    @who ~ touched/touches/touching/grabbed/grabs/rubbed/rubs my ?private/upper/inner chest/butt/bottom/breast/breasts/thigh/thighs/leg/legs/private/privates/body/boob/boobs/waist/parts
    touched/touches/touch/touching me/us/him/her/them ?on/in/down inappropriately/there/private/sexually/without/wrong
    inappropriate touching/touch/contact
    touched/touching/touches inappropriately
    @who ~ kissed/kisses me/him !goodnight/goodbye
    kiss/kissing me !goodnight/goodbye
    rape/raped/rapes/raping/rapist
    molest/molested/molests/molesting/molestation/molester
    sexual/sexually assault/assaulted/assaults/abuse/abused/abusing/harass/harassed/harassment/harassing
    abuses/abused/abusing !the/privileges/of/power
    is/are/was/were/being/gets ~ abusive
    abusive @kin
    abusive home/relationship/household/house/family/parent
    child/domestic/physical/physically/verbal/verbally/emotional/emotionally abuse/abused/violence
    @who ~ hurt/hurts/hurting me/us/him !feelings
    @who ~ hurt/hurts/hurting her =@after
    hurting me
    @orders me ?to/2 touch him/himself/them/myself !up
    @orders me ?to/2 touch her =@after
    @orders me ?to/2 touch his/her/their/my ?private body/parts/butt/chest/thing/leg/thigh/@privates
    @makes me ?to touch it !again/up
    @orders me ?to/2 undress/strip !the/my/paint/wire/wires
    @orders me ?to/2 take ?off my ?all clothes/underwear/panties/bra/pants
    @orders me ?to/2 kiss/suck/lick him/his
    tried/tries/trying/wants/wanted/asks/asked/makes/made/forced/forces ?me/us/her/him ?to/for/into ?have/having/do sex !ed/education/of
    hand/hands/finger/fingers up/down/in/under/inside/between my/her ?own pants/shirt/skirt/dress/underwear/panties/bra/legs !pocket/pockets
    @picture of @own ~ @privates
    @picture of @own private/privates parts/part/area
    @picture of @own ?naked body/butt/ass/underwear
    @picture of me/him/her/us/them/@self ~ naked/nude/undressed/showering
    @picture of me/him/her/us/@self without ~ clothes/shirt/underwear
    showed/shows/show/showing/sent/sends/send/sending/touched/touches/touch/touching ?me/us/him/her @own @privates
    showed/shows/showing/sent/sends/sending me/us/him/her ~ porn/pornography
    nudes
    nude/naked/sexual/sex/dick/penis @picture
    @who ~ locked/locks me/us/him/her in/inside/outside
    wont/doesnt/didnt/dont let/lets me/us eat
    @who ~ wont/doesnt/didnt/dont/never/wouldnt let/lets me/us leave !early/class/school/practice/until/till/without/it/a/an/work/before/for/on/campus/comments/feedback/notes/my/the/this/that
    wont/doesnt/didnt/dont/never/wouldnt let/lets me/us/him/her leave/out ?of the/my/his/her/our house/home/room/bedroom/apartment/car/basement
    keeps/kept/keeping/holds/holding me/us/him/her locked/trapped/hostage/prisoner
    wont/doesnt/didnt/dont/never feed/feeds me/us/him/her
    no food at/in ?the/my/his/her/our home/house
    told/tells/asked/asks/made/makes me ?to not ?to tell ~ @kin/anyone/anybody/coordinator/adults
    told/tells/telling/asked/asks/makes/made/making/said/says me/us ?to keep ~ secret/secrets !ingredient/recipe/santa
    said/says/saying/told/tells/telling/warned/warns ?me/us/him/her ~ dont/not/never/cant ?to tell anyone/anybody/nobody !apart
    dont/never/cant/shouldnt/mustnt tell your/ur/ya @kin/teacher/teachers/coordinator/folks !everything/enough/much/a/an/lies/off/from/apart/and
    -i/we/they/she/he/you/people/kids/usually/really dont/never ?ever tell my/his/her @kin/teacher/teachers/coordinator/folks !everything/enough/much/a/an/lies/off/from/apart
    not allowed/supposed to tell ~ @kin/anyone/anybody
    our little secret !garden/santa/handshake/recipe/ingredient
    be/is/its/was/keep/stay/stays/as/just our secret !to/for/santa/handshake/recipe/ingredient/weapon/garden/code
    keep/keeps/stay/stays/secret ?it/this/that ?just between us/you
    beaten/slapped/punched/choked/hit/touched/strangled by @own ~ @who
  `,
  weapon: `
    has/have/had/brought/bring/brings/bringing/carries/carrying/carry/got a/his/her/their/the/my gun/pistol/rifle/handgun/firearm/machete/shotgun !in/from/on/emoji/for
    has/brought/bring/brings/bringing/carries/carrying a/his/her/their/the knife !block/set/sharpener/for
    pulled/pulls/pointed/points/aimed/waved a/his/her/the ~ gun/knife/pistol/weapon
    gun/guns/knife/knives/pistol/firearm/weapon/weapons to/at/in ?the/my/his/her/our school/class
    gun/guns/pistol in ?the/his/her/my/our/their house/home/room/car/backpack/bag/locker/drawer/closet/waistband
    loaded gun/pistol/weapon
    with a gun/pistol
    at gunpoint/knifepoint
    school shooting/shooter/shootings
    shoot/shooting up the/my/this/our ~ school/place/class
    bomb threat/threats
    bring/brought/bringing/making/made a bomb
  `,
  violence: `
    threatened/threatens/threatening me/us/him/her/them !with
    threatened/threatens/threatening me/us/him/her/them with
    threatened/threatens/threatening to kill/hurt/shoot/stab/beat/hit/harm/burn
    said/says/swore/swears ~ kill/hurt/shoot/stab/beat me/us/him/her/them
    wants/wanted/tried/tries to kill/strangle/stab me/us/him
    going/gonna/want/will/plan/planning/wanna/ima/imma ?to kill/stab/murder/shoot him/her/you/them/us/everyone/everybody/someone/people !an/a/with
    stabbed me/us/him/her/someone/somebody/my
    got/been/getting shot/stabbed/jumped/mugged/attacked !at/for/into
    was/were stabbed/mugged/attacked/jumped !into
    jump/jumped/jumping/jumps me/us/him =after/on/at/in/and/by/yesterday/today/outside/near
    kidnapped/kidnapping/kidnap
  `,
  unsafe: `
    ^ scared/afraid/frightened/terrified of him/them
    ^ scared/afraid/frightened/terrified of her =@after
    ^ scared/afraid/frightened/terrified of @own ~ @kin
    ^ scared/afraid/frightened/terrified of my/the/his/her ~ mentor/coach/teacher/tutor/roommate/neighbor
    ^ scared/afraid/frightened/terrified of going/being/coming ?back home
    ^ scared/afraid/frightened/terrified to go/come/be/walk/stay ?back home
    ^ scared/afraid/frightened/terrified to be alone with
    ^ afraid/scared/fear/fears/feared for my/his/her/our/their life/lives/safety
    scares me =when/and/so/a/sometimes/because/at/he/she/they
    @who ~ scares/terrifies me
    dont/doesnt/didnt/not/never/havent feel/feels/felt/feeling ?very/really/always/too safe
    feel/feels/felt/feeling ?very/really/so unsafe
    not/isnt/arent/wasnt safe with him/her/them/my
    not/isnt/arent/wasnt safe at/in ?my/his/her/our/the home/house
    im/am/were/are/shes/hes/is not safe here/there !to
    im/am/shes/hes/is/were/are ~ in danger !of
    in danger =@after
    @who ~ follows/following/followed me ?all ?the ?way home
    stalking/stalks/stalked/stalker
    @who ~ makes/made/making me ~ uncomfortable/unsafe
    blackmail/blackmailed/blackmailing/blackmails/sextortion
    kicked/kicks/threw/throws/kicking me/us out ?the/my/our !of
    kicked/kicks/threw/throws/kicking me/us out of ?the/my/our/his/her house/home/apartment
    nowhere to sleep/stay/live
    have/has/had/got no food !@notFood
    have/has/had/got no food for me/us/days/tonight/dinner/breakfast/lunch/two/three
    dont/doesnt/havent/hasnt have/got any/enough food !@notFood
    ran/runs/running out of food !@notFood
    nothing to eat at/in ?my/our/the/his/her home/house
    have/has/had/got nothing to eat !at/that/with/but/there/until
    havent/hasnt/not eaten ?anything ?in/for ?a/like ?couple/few/two/three/four/2/3/4 ?of days
    go/goes/going/went/gone to bed/sleep hungry
    sleeping/slept/sleep/living/live in a/my/our/the car
    i/im/we/were/am/are homeless
    trafficked/trafficking
  `,
  running_away: `
    run/ran/runs/running away from home/him/her/them/here/there
    run/ran/runs/running away from @own house/home/@kin
    want/wants/wanted/wanna/going/gonna/plan/plans/planning/decided/try/trying/tried ?to run away !with
    think/thinking/thought/thinks/about/of running away !with
    i/she/he/they/we ran away !with/from
  `,
  substance: `
    overdose/overdosed/overdosing/overdoses
    i/he/she/they/who/@kin/almost/nearly oded !on/is/was/and/says/said/came
    oded last/again/yesterday/today/tonight/twice
    oded/oding/ods/od on @drugs/@pills/meds/something
    -is/isnt/was/wasnt/are/were/so/find/finds/found/think/thinks/thought/make/makes/made/looks i/he/she/@kin ?almost od/odd =last/again/yesterday/tonight/twice
    gave/gives/give/giving/offered/offers/offering/sold/sells/bought/buys/forced/forces me/us/him/her/them ~ @drugs
    was/is/came/comes/got/gets/show/shows/showed/were/am/are/arrived/im/shes/hes/up ~ drunk !the/all/a/some/water/his/her/my/too/of/about
    drove/drives/driving/drive ?me/us/while drunk/impaired
    drove/driving ?me/us/while high
    addicted to @drugs
    doing/does/did/using/uses/used/tried/trying/selling/sells/smoking/smokes/smoked/snorting/snorted/dealing/deals meth/heroin/cocaine/crack/fentanyl/xanax/molly/ecstasy/lsd/shrooms/weed/marijuana/drugs
    popping/popped pills
  `,
};
