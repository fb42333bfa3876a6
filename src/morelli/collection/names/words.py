"""The vocabulary of names: roles, peoples, places, words for nobody, given names; folded, in ten languages.

English, German, French, Italian, Spanish, Dutch, Danish, Swedish, Polish and Czech.
"""

from __future__ import annotations


def _list_words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ROLES = _list_words(
    """
    aquafortiste architect architecte architekt architektka architetto arkitekt arquitecto artisan
    artist artista artistas artiste artistes artisti artists artysta artystka auteur autor autora autore
    autorka autrice beeldhouwer bildhauer bildhauerin bildhuggare billedhugger calligrapher caricaturist
    cartoonist ceramicist ceramist craftsman createur creator creators creatrice designer designers
    dessinateur dessinatrice dibujante disegnatore disegnatrice draftsman draftsperson draughtsman
    draughtsperson engraver engravers engraving entwerfer escultor escultora etcher etchers etser
    executant fotograaf fotograf fotografa fotografin fotografka fotografo goldsmith grabador grabadora
    grafik grafiker grafikerin graveur graveuse gravor hersteller illuminator illustrateur illustrator
    illustrators incisore kobberstikker konstnar konstnaren konstnarinna kreslir kunstenaar kunstenares
    kunstler kunstlerin kunstner kunstneren kupferstecher lithograf lithographe lithographer
    lithographers maker makers malare malarka malarz maler malerin malerinde malir malirka medalist
    medallist miniatore miniaturist miniaturiste miniaturmaler muralist ontwerper ophavsmand painter
    painters painting pastelliste peintre peintres photographe photographer photographers pintor pintora
    pintores pittore pittori pittrice portraitist potter prentmaker printmaker printmakers radierer
    rysownik rytec rytownik rzezbiarka rzezbiarz schilder schilderes sculpteur sculptor sculptors
    sculptrice scultore scultrice silversmith skulptor sochar socharka stecher tecknare tegner tekenaar
    tvurce tworca umelec umelkyne upphovsman upphovsperson urheber urheberin vervaardiger watercolorist
    watercolourist weaver woodcutter zeichner zeichnerin
    """
)
"""What those are called who make a work by hand: "artist", "peintre", "konstnär"."""

OTHER_ROLES = _list_words(
    """
    author authors binder bogtrykker boktryckare bookbinder collector dealer depicted donor drucker
    drukarz drukker editeur editor editore editors forlaggare forlægger framemaker herausgeber impresor
    imprimeur manufacturer modell owner patron poet printer printers publisher publishers retailer
    sitter stampatore subject tipografo tiskar translator typographer uitgever verleger verlegerin
    vydavatel writer wydawca
    """
)
"""What those are called who have another part in it: "publisher", "sitter"."""

NOBODY_WORDS = _list_words(
    """
    anon anoniem anonieme anonima anonimo anonimowa anonimowy anonym anonyme anonymer anonymes anonymni
    anonymous anonymus desconocida desconocido ignota ignoti ignoto inconnu inconnue inconnus neurceno
    neurceny neznama neznami neznamy nieokreslony niezidentyfikowany nieznana nieznani nieznany nn
    oidentifierad okand okanda onbekend onbekende sconosciuta sconosciuto ubekendt ubekendte uidentificeret
    ukendt ukendte unattributed unbekannt unbekannte unbekannten unbekannter unbezeichnet uncredited ukjent
    undetermined unidentified unknown unnamed unrecorded
    """
)
"""What stands where no artist is known."""

MASTERS = _list_words(
    """
    hand hands maestro maitre mastare master masters meester meister mester mistr mistrz
    """
)
"""What hands without a name are called."""

SURNAME_ROLES = _list_words(
    """
    binder goldsmith graveur maler painting pintor potter schilder silversmith tegner weaver writer
    """
)
"""Roles that are surnames too."""

LINKS = _list_words(
    """
    a and bekannt by d de del di du e eastern ej eller en et fra fran from given i identificado
    identificato identifie identified ikke in kand kendt known la le listed nicht no non northern not o
    och oder of og or ou perhaps possibly probably recorded southern the uit und van vermutlich western
    wohl y z ze
    """
)
"""What may stand between the words of a text that names nobody."""

PLACES = _list_words(
    """
    aachen abruzzo afghanistan africa agypten albania alemania aleppo alexandria algeria algiers
    allemagne alsace america amiens amsterdam anatolia andalusia angers angleterre ansbach antwerp
    antwerpen anvers apulia aragon arezzo argentina arles armenia arnhem asia athens augsburg australia
    austria autriche avignon baltimore bamberg bangladesh barbizon barcelona basel basle bassano bavaria
    beijing belgica belgien belgio belgique belgium belgrade benares bengal bergamo berlin bern berne
    besancon bhutan birmingham bohemia bohmen bolivia bologna bombay bordeaux boston brabant bratislava
    braunschweig brazil bremen brescia breslau bristol brittany brno bruges brugge brussels bruxelles
    bucharest budapest bulgaria burgundy burma byzantium cairo calcutta cambodia cambrai cameroon
    campania canada canton caracas castile catalonia catalunya cesko chicago chile china chine chiny
    cina cologne colombia congo constantinople copenhagen cordoba cracow cremona crete croatia cuba
    cusco cuzco cyprus czechy dalmatia damascus danemark danmark danube danzig darmstadt deccan delft
    delhi denmark detroit deutschland dijon dordrecht dresden dublin duitsland dusseldorf ecuador
    edinburgh egitto egypt egypte emilia engeland england erfurt espagne espana estonia ethiopia europe
    fabriano faenza ferrara fiandre finland firenze flandern flanders florence fontainebleau france
    francia francie francja frankfurt frankreich frankrig frankrijk frankrike freiburg friesland gabon
    gb gdansk geneva geneve genoa genova gent germania germany ghana ghent giappone giverny glasgow
    goteborg gouda granada graz grece grecia greece grenoble griechenland grossbritannien guatemala
    gubbio guinea gujarat gyor haarlem haiti halle hamburg hannover hanover havana heidelberg helsinki
    herat hiszpania holanda holland honduras hongrie hungary hungria iceland inde india indonesia
    inghilterra inglaterra innsbruck iran iraq ireland isfahan israel istanbul italia italie italien
    italy jaipur japan japon japonia java jerusalem jingdezhen kangra kashmir kassel kenya kiev kina
    kobenhavn kolkata koln korea krakow kyoto københavn lahore laos latvia lausanne lazio lebanon leeds
    leiden leipzig leuven liege liguria lille limoges linz lisboa lisbon lithuania liverpool ljubljana
    lombardy london londres louvain lubeck lucca lucerne lucknow lwow lyon maastricht macerata madrid
    magdeburg mainz malaysia mali malta manchester mannheim mantua marche marseille mechelen meissen
    melbourne mesopotamia messina mexico middelburg milan milano modena moldova mongolia montpellier
    montreal morocco moscow moskau moskva mozambique mumbai munchen munich munster murano myanmar
    nagasaki nancy nantes naples napoli nederland nemecko nepal netherlands newlyn niederlande niemcy
    nigeria nijmegen nimes nizozemi norge normandy norvege norway norwegen norwich novgorod nuremberg
    nurnberg odessa olanda orvieto osaka oslo osterreich ottawa oxford padova padua pakistan palermo
    palestine panama paris parma pavia perse persia peru perugia pesaro philadelphia philippines
    piacenza picardy piedmont pisa pistoia poitiers poland polen pologne polonia polska portugal potsdam
    poznan prague praha prato pressburg provence prussia pskov punjab quimper quito ragusa rajasthan
    ravenna regensburg reims riga rimini roma romania rome rosja rotterdam rouen rusia rusko rusland
    russia russie russland ryssland salzburg saragossa sardinia saxony scandinavia schweden schweiz
    scotland segovia senegal serbia sevilla seville sevres shanghai shiraz siam sicily siena silesia
    singapore skopje slovakia slovenia spagna spain spanelsko spanien spanje spoleto stockholm
    strasbourg stuttgart sudan suede suisse suiza sverige svizzera swabia sweden switzerland syria
    tabriz taiwan tallinn tanzania tehran thailand tibet tokyo toledo torino toronto toulouse tours
    transylvania trento trier trieste tunis tunisia turin turkei turkey turquie tuscany tyrol tyskland
    udine uganda uk ukraine ulm umbria ungarn ungheria uppsala urbino uruguay usa ussr utrecht
    uzbekistan valencia vancouver varanasi venedig venezia venezuela venice vercelli verona versailles
    vicenza vienna vietnam vilnius viterbo vlaanderen vysehrad wales warsaw warschau warszawa washington
    weimar wellington wien wittenberg worpswede wrocław wurzburg włochy yemen zagreb zambia zaragoza
    zeeland zimbabwe zurich zweden zwolle
    """
) | {
    "benin city", "buenos aires", "central europe", "ciudad de mexico", "costa rica", "cote d ivoire",
    "czech republic", "den haag", "dominican republic", "eastern europe", "el salvador",
    "estados unidos", "etats unis", "far east", "frankfurt am main", "grande bretagne", "great britain",
    "hong kong", "ivory coast", "la habana", "la haye", "los angeles", "low countries", "mexico city",
    "middle east", "near east", "new england", "new mexico", "new spain", "new york", "new zealand",
    "north korea", "papua new guinea", "pays bas", "pont aven", "puerto rico", "rio de janeiro",
    "saint petersburg", "san francisco", "santo domingo", "sao paulo", "saudi arabia", "sidney nsw",
    "south africa", "south korea", "soviet union", "sri lanka", "st petersburg", "stati uniti",
    "the hague", "united kingdom", "united states", "united states of america", "vereinigte staaten",
    "western europe",
}  # fmt: skip
"""Places and regions after which schools are called, and countries."""

NATIONALITIES = _list_words(
    """
    active african aleman alemana allemand allemande alsatian americain americaine american
    americana americano amerikaans amerikanisch amerikanischer and andalusian angielski anglais anglaise
    anglicky anglo arab arabian aragonese argentine argentinean asian assyrian augsburger australian
    austrian austro aztec babylonian baltic basque bavarian belge belgian benatsky bengali berber
    bergamasque bohemian bolognese bolonais born bosnian brazilian brescian britannique british
    bulgarian burgundian burmese byzantine cambodian canadian castilian catalan caucasian celtic central
    ceska cesky chilean chinees chinese chinesisch chinois chinski cinese cinsky colombian coptic
    cremonese cretan croatian cuban cuzquena cuzqueno cycladic cypriot czech czechoslovak
    czechoslovakian czeski danisch danish dansk danske deutsch deutsche deutscher duits duitse dutch
    east eastern ecuadorian egyptian emilian engels engelse engelsk englisch englischer english espagnol
    espanol espanola estonian ethiopian etruscan european ferrarese fiammingo finnish finsk fiorentino
    flamand flamande flamandzki flamenca flamenco flamisch flamischer flamlandsk flemish florencki
    florentine florentinisch florentinischer francais francaise frances francesa francese francesi
    franconian francouzska francouzsky francuska francuski frans franse fransk franska franske
    franzosisch franzosischer french galician gandharan genoese genovese georgian german ghanaian
    giapponese greek griechisch gujarati haitian hellenistic hispanic hispano hiszpanska hiszpanski
    holandes holandsky holenderska holenderski hollandais hollandaise hollands hollandse hollandsk
    hungarian icelandic in incan indian indo indonesian ingles inglesa inglese iranian iraqi irish
    islamic israeli italiaans italiaanse italian italiana italiano italien italienisch italienischer
    italienne italiensk italienska italienske italska italsky japanese japanisch japans japansk japonais
    japonaise japonski japonsky javanese jewish kenyan kinesisk kinesiska kolner kolnisch korean latvian
    lebanese libyan ligurian lithuanian lombard lombarde lombardo lower macedonian madrileno malaysian
    mantuan mayan mesopotamian mexican mexicana mexicano middle milanese minoan moldavian mongolian
    moravian moroccan mughal napoletana napoletano napolitain neapolitan nederlands nederlandse
    nederlandsk nederlandska neerlandais nemecka nemecky nepalese nepali netherlander netherlandish
    niderlandzka niderlandzki niederlandisch niederlandische niederlandischer niemiecka niemiecki
    nigerian nizozemska nizozemsky noord noordelijke norddeutsch norsk north northern norwegian
    norwegisch nurnberger oberrheinisch oberrheinischer olandese or osterreichisch osterreichischer
    ottoman paduan pakistani parisian persian peruvian phoenician piedmontese pisan polish polnisch
    polnischer polonais polska polski polskie polsky portuguese provencal prussian punjabi rajput
    rhenish roman romanian rosyjski rusky russe russian russisch russischer russisk rysk scandinavian
    schwedisch schweizer schweizerisch scottish senegalese serbian sevillana sevillano sevillian
    sicilian sienese siennois silesian singaporean sinhalese sino slavic slovak slovenian sogdian south
    southern soviet spaans spaanse spagnolo spanelsky spanisch spanischer spanish spansk suddeutsch
    suddeutscher suisse sumerian svensk svenska swabian swedish swiss syrian taiwanese tedesca tedesco
    thai tibetan transylvanian tschechisch tunisian turkish tuscan tyrolean tysk tyska tyske ukrainian
    umbrian ungarisch upper uruguayan uzbek valencian veneta venetian veneto veneziana venezianisch
    venezianischer veneziano venezuelan venitien venitienne viennese vietnamese vlaams vlaamse vlamska
    vlamsky walloon welsh wenecki west western włoska włoski yemeni yoruba yugoslav yugoslavian zapotec
    zuid zuidelijke
    """
)
"""Adjectives of peoples and regions, with the small words between them."""

ALSO_NAMES = _list_words(
    """
    alexandria america aragon asia austin benin berlin boston brabant breton bristol brooklyn carolina
    central chad chelsea chester cologne cordoba cyprus dallas delhi deutsch dominica east eger emilia
    england florence florentin france frances francesa frans geneva georgia german havana holland
    houston hungaria inca india ireland israel italia java jordan kent kenya kongo lahore latin lincoln
    lisbon lodi lombardo london lorraine lourdes lyon madison marseille martinique maya milan nancy
    normandy north norway odessa padova palermo palma paris persia provence ravenna regina roma roman
    romana romano santiago savannah saxon scot siam sicily siena sofia south spain sydney thai toledo
    tours trinidad tunis umbria urbino valencia verona victoria vienna wales washington wellington west
    """
)
"""Places and peoples that are also given names or surnames: "Bordone, Paris"."""

GIVEN_NAMES = _list_words(
    """
    abraham adam adolf adolph adolphe adriaen agnes agnolo alan albert albrecht alejandro aleksander
    alessandro alexander alexandre alexei alfred alice alonso alphonse amedeo anders andre andrea
    andreas andrew andy angel angelo ann anna anne annibale anthony antoine anton antoni antonio antoon
    aristide armand artemisia arthur auguste barbara bartolome bartolomeo benjamin bernardo bernhard
    berthe bill bob bruno camille carl carlo carlos carolina caspar catherine cecilia charles charlotte
    chris christian christopher cindy clara claude clemente constantin cornelis cristobal daniel dante
    david diane diego dieter domenico dora dorothea dorothy edgar edouard edvard edward edwin egon elena
    elisabeth elizabeth emil emile emily emma enrique erich ernest ernst eugene eva fabrizio felix
    ferdinand fernand fernando filippino filippo francesca francesco francis francisco franciszek
    francois frank frans franz fred frederic frederick frederik frida friedrich fritz gabriele gaspard
    gaspare georg george georges gerard gerhard gerrit giacomo giambattista gian gino giorgio giovanni
    giulio giuseppe guido gustav gustave hannah hans harold harriet hedda heinrich helen hendrick
    hendrik henri henry herbert hermann honore hugo ida ignacio ilya isaac isidore ivan jack jacob
    jacopo jacques jakub jan jane jasper jean jeff jenny jerzy joachim joan joaquin joe johan johann
    johannes john jonas jose josef joseph josephine jozef juan juana judith jules julia julian karel
    karl kathe kazimir kees konstantin kurt larry laura laurent leon leonard leonardo lorenzo louis
    louise lovis lucas lucian lucien lucio ludovico ludwig luigi luis lyonel manuel marc marcel marcello
    margaret maria marianne mariano marie mario mark martha mary mathilde matthew matthias maurice max
    meret michael michel michelangelo miguel mikhail mstislav nancy natalia niccolo nicholas nicola
    nicolas niki nikolai olga oskar otto pablo paolo patrick paul paula paulus pedro peter petr philip
    philippe pier piero pierre piet pieter pietro rachel rafael raoul raphael rebecca reinhard rene
    richard robert roberto roger rogier rosa roy rudolf ruth salomon salvador salvator samuel sandro
    sarah sebastian sebastiano sigmar simone sofonisba sonia sophie stanislas stanisław stephen susan
    sven tadeusz tamara theo theodor theodore thomas tom umberto vasily vassily victor viktor vincent
    vincenzo vittore vladimir walter wassily wilhelm willem william winslow wojciech wolfgang yves
    zdenek
    """
)
"""Common given names, which seldom begin a surname of several words."""
