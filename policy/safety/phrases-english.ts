import type { PhraseLines } from './standard-phrases.ts';

/** Sets of words, for `@name` in phrases. */
export const englishSets: Record<string, string> = {
  kin: `dad daddy father stepdad stepfather mom mommy mum mama mother stepmom stepmother parents parent brother
    stepbrother brothers sister uncle aunt cousin grandpa grandfather grandma grandmother guardian family boyfriend
    girlfriend bf gf ex husband wife partner`,
  others: `mentor coach teacher tutor boss someone somebody neighbor neighbour roommate guy man boy kid kids boys girls
    classmate classmates student students mentee friend people friends pastor`,
  who: 'he she they who @kin @others',
  self: 'myself himself herself themselves themself ourselves',
  own: 'my his her their your our',
  /** What goes on after a `her` that is a person, and not the owner of something. */
  after: `in on with when so and because again all hard every at yesterday last if for til until till while too a
    sometimes daily once twice this but or if cause cuz always whenever after before`,
  drugs: `drugs drug weed marijuana pot pills alcohol beer beers vodka liquor wine tequila cocaine crack meth heroin
    fentanyl xanax molly ecstasy edibles joint blunt cigarettes vape vapes lsd shrooms opioids`,
};

/** English phrases by code. */
export const englishPhrases: PhraseLines = {
  self_harm: `
    kill/kills/killing/killed/kil @self
    want/wants/wanted/wanting to die !of/laughing
    wanna die !of/laughing
    wish/wishes/wished ?that i/he/she/they was/were dead
    wish/wishes i was never born
    end/ending it all
    end/ending/ended/ends @own ?own life
    take/taking/took/takes/taken @own own life
    suicide/suicidal/suicides/sucide/sucidal/suiside !squad/prevention/awareness
    better off dead
    better off without me
    dont/doesnt/didnt/not want/wanna ?to be alive
    dont/doesnt/didnt/not want/wanna ?to be here anymore
    dont/doesnt/didnt/not want/wanna ?to live/exist !in/at/with/here/there/near/like/by/alone/close/far/on
    dont/doesnt/didnt/not want/wanna ?to wake up ever/again/tomorrow/anymore
    and never wake up !on/early/in/at/before
    no reason to live
    nothing to live for
    not/isnt worth living
    unalive/unaliving
    self harm/harming/harmed/harms
    selfharm/selfharming
    cutting @self !off/short/some/a/while/shaving/cooking
    cut/cuts @self !shaving/cooking/while/on/off/some/a/short/chopping/by/accidentally/when/in/at/with/peeling/slicing/badly
    cut/cuts @self on purpose
    cut/cuts @self with a razor/blade
    cut/cuts/cutting/slit/slitting @own wrist/wrists/throat
    cutting @own arm/arms/thigh/thighs/leg/legs/skin
    hurt/hurts/hurting/harm/harms/harmed/harming/injure @self on purpose
    to hurt/harm/cut @self !trying/playing
    of/about/hurting/harming hurting/harming/cutting @self
    been/keep/keeps/started/starts hurting/harming/cutting @self
    hang/hanged/hung/hanging @self
    jump/jumping/jumped off ?of a/the bridge/roof/building/balcony/overpass
    starve/starving @self
    thoughts of/about suicide/dying/death
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
    nudes
    nude/naked/sexual picture/pictures/photo/photos/pic/pics/video/videos/selfie/selfies
    @who ~ locked/locks me/us/him/her in/inside/outside
    wont/doesnt/didnt/dont let/lets me/us eat
    wont/doesnt/didnt/dont/never feed/feeds me/us/him/her
    no food at/in ?the/my/his/her/our home/house
    told/tells/asked/asks/made/makes me ?to not ?to tell ~ @kin/anyone/anybody/coordinator/adults
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
    gave/gives/give/giving/offered/offers/offering/sold/sells/bought/buys/forced/forces me/us/him/her/them ~ @drugs
    was/is/came/comes/got/gets/show/shows/showed/were/am/are/arrived/im/shes/hes/up ~ drunk !the/all/a/some/water/his/her/my/too/of/about
    drove/drives/driving/drive ?me/us/while drunk/impaired
    drove/driving ?me/us/while high
    addicted to @drugs
    doing/does/did/using/uses/used/tried/trying/selling/sells/smoking/smokes/smoked/snorting/snorted/dealing/deals meth/heroin/cocaine/crack/fentanyl/xanax/molly/ecstasy/lsd/shrooms/weed/marijuana/drugs
    popping/popped pills
  `,
};
