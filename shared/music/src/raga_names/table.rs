//! The spellings that people use: one line for each raga.

/// One raga and what it is called.
pub(super) struct Names {
    /// The usual spelling.
    pub(super) usual: &'static str,
    /// In Devanagari; several ways of writing are separated by `/`.
    pub(super) devanagari: &'static str,
    /// In Latin letters as [`super::fold_raga`] leaves them, the usual one first.
    pub(super) spellings: &'static [&'static str],
}

macro_rules! names {
    ($($usual:literal $devanagari:literal: $($spelling:literal)*;)*) => {
        /// All of them.
        pub(super) const NAMES: &[Names] = &[$(Names { usual: $usual, devanagari: $devanagari, spellings: &[$($spelling),*] }),*];
    };
}

names! {
    // Hindustani. What is shared with the Carnatic tradition under one name and one scale stands here once.
    "Yaman" "यमन/इमन/ऐमन": "yaman" "iman" "aiman" "ayman" "eman" "yeman" "yamana";
    "Yaman Kalyan" "यमन कल्याण": "yaman kalyan" "iman kalyan" "aiman kalyan" "eman kalyan";
    "Bhupali" "भूपाली/भूप/भोपाली": "bhupali" "bhoopali" "bhupalee" "bhoopalee" "bhopali" "bhup" "bhoop";
    "Shuddha Kalyan" "शुद्ध कल्याण/भूप कल्याण": "shuddha kalyan" "shuddh kalyan" "shudh kalyan" "suddha kalyan" "sudh kalyan" "bhup kalyan"
        "bhoop kalyan";
    "Shyam Kalyan" "श्याम कल्याण": "shyam kalyan" "syam kalyan" "sham kalyan";
    "Hem Kalyan" "हेम कल्याण": "hem kalyan" "hema kalyan";
    "Puriya Kalyan" "पूरिया कल्याण/पूर्वा कल्याण": "puriya kalyan" "puria kalyan" "pooriya kalyan" "purya kalyan" "purva kalyan"
        "poorva kalyan" "purba kalyan";
    "Gorakh Kalyan" "गोरख कल्याण": "gorakh kalyan" "gorakha kalyan";
    "Jait Kalyan" "जैत कल्याण": "jait kalyan" "jayat kalyan" "jet kalyan";
    "Jait" "जैत": "jait" "jayat";
    "Kedar" "केदार": "kedar" "kedara" "kidara";
    "Jaladhar Kedar" "जलधर केदार": "jaladhar kedar" "jaldhar kedar";
    "Maluha Kedar" "मलुहा केदार": "maluha kedar" "maluha";
    "Chandni Kedar" "चांदनी केदार": "chandni kedar" "chandani kedar";
    "Hamir" "हमीर/हम्मीर": "hamir" "hameer" "hammir" "hambir";
    "Kamod" "कामोद": "kamod" "kaamod" "kamoda";
    "Chhayanat" "छायानट": "chhayanat" "chhaya nat" "chayanat" "chaya nat" "chhayanut" "chayanut";
    "Gaud Sarang" "गौड़ सारंग": "gaud sarang" "gaur sarang" "goud sarang" "gour sarang" "gor sarang";
    "Bihag" "बिहाग/विहाग": "bihag" "behag" "bihaag" "behaag" "vihag";
    "Maru Bihag" "मारू बिहाग/मारु विहाग": "maru bihag" "maru behag" "maru bihaag" "maroo bihag" "maroo behag" "maroo bihaag" "maru vihag";
    "Nat Bihag" "नट बिहाग": "nat bihag" "nat behag" "nata bihag" "nata behag";
    "Nand" "नंद/आनंदी कल्याण": "nand" "nand kalyan" "anandi kalyan" "anandi";
    "Bihagda" "बिहागड़ा": "bihagda" "bihagra" "bihagada" "bihagara" "behagda" "behagra";
    "Nat" "नट/शुद्ध नट": "nat" "shuddha nat" "shuddh nat" "suddha nat";
    "Nat Bhairav" "नट भैरव": "nat bhairav" "nat bhairon" "nat bhairab";
    "Nat Malhar" "नट मल्हार": "nat malhar" "nat malhaar";
    "Bilawal" "बिलावल/शुद्ध बिलावल": "bilawal" "bilaval" "belawal" "belaval" "bilawala" "shuddha bilawal" "shuddha bilaval" "shuddh bilawal"
        "shuddh bilaval";
    "Alhaiya Bilawal" "अल्हैया बिलावल/अलहिया बिलावल": "alhaiya bilawal" "alhaiya bilaval" "alahiya bilawal" "alahiya bilaval"
        "alaiya bilawal" "alaiya bilaval" "alhaya bilawal" "alhaya bilaval" "alhiya bilawal" "alhiya bilaval" "alhaiya" "alahiya";
    "Devgiri Bilawal" "देवगिरी बिलावल": "devgiri bilawal" "devgiri bilaval" "devagiri bilawal" "devagiri bilaval" "deogiri bilawal"
        "deogiri bilaval" "devgiri";
    "Yamani Bilawal" "यमनी बिलावल": "yamani bilawal" "yamani bilaval" "yamni bilawal" "yamni bilaval" "imani bilawal" "imani bilaval";
    "Kukubh Bilawal" "कुकुभ बिलावल": "kukubh bilawal" "kukubh bilaval" "kukubha bilawal" "kukubha bilaval" "kakubh bilawal" "kakubh bilaval"
        "kukubh";
    "Shukla Bilawal" "शुक्ल बिलावल": "shukla bilawal" "shukla bilaval" "shukl bilawal" "shukl bilaval" "sukla bilawal" "sukla bilaval";
    "Sarparda" "सरपरदा/सर्पर्दा": "sarparda" "sarparda bilawal" "sarparda bilaval" "sarpada" "sarpada bilawal" "sarpada bilaval";
    "Lachchhasakh" "लच्छासाख": "lachchhasakh" "lachchasakh" "lachhasakh" "lachasakh" "lachcha sakh" "lachha shakh";
    "Devsakh" "देवसाख/देवसाग": "devsakh" "deosakh" "dev sakh" "devshakh";
    "Durga" "दुर्गा": "durga" "doorga" "durgaa";
    "Deshkar" "देशकार/देसकार": "deshkar" "deskar" "deshakar" "deshkaar" "desakar";
    "Shankara" "शंकरा": "shankara" "shankra" "sankara";
    "Hamsadhwani" "हंसध्वनि/हंसध्वनी": "hamsadhwani" "hamsadhvani" "hansadhwani" "hansadhvani" "hansdhwani" "hansdhvani" "hamsdhwani"
        "hamsdhvani" "hamsadwani" "hansadwani";
    "Pahadi" "पहाड़ी": "pahadi" "pahari" "paahadi" "pahaadi" "pahaari";
    // Carnatic Mand is the same raga.
    "Mand" "मांड/माँड़": "mand" "maand" "maandh" "maad";
    "Jhinjhoti" "झिंझोटी": "jhinjhoti" "jhinjoti" "jinjhoti" "jinjoti" "jhinjhuti" "zinzoti" "jhijhoti";
    "Khamaj" "खमाज/खम्माज": "khamaj" "khamaaj" "khammaj" "khambaj" "khamach" "kamaj";
    "Manj Khamaj" "मांझ खमाज": "manj khamaj" "manjh khamaj" "maanj khamaj" "majh khamaj";
    "Tilang" "तिलंग": "tilang" "thilang" "tilanga";
    "Rageshri" "रागेश्री/रागेश्वरी": "rageshri" "rageshree" "ragesri" "rageshwari" "rageshvari" "rageswari";
    "Bageshri" "बागेश्री/बागेश्वरी": "bageshri" "bageshree" "bagesri" "bagesree" "bageshwari" "bageshvari" "bageswari" "bagishwari";
    "Khambavati" "खंबावती/खम्भावती": "khambavati" "khambawati" "khambhavati" "khambavathi" "khamavati";
    "Tilak Kamod" "तिलक कामोद": "tilak kamod" "tilak kaamod" "tilaka kamoda";
    "Desh" "देश/देस": "desh" "des";
    "Sorath" "सोरठ": "sorath" "soratha" "sorat";
    "Jaijaiwanti" "जयजयवंती/जैजैवंती": "jaijaiwanti" "jaijaivanti" "jai jaiwanti" "jai jaivanti" "jayjaywanti" "jayjayvanti" "jay jaywanti"
        "jay jayvanti" "jayjaiwanti" "jayjaivanti" "jayajayawanti" "jayajayavanti" "jaya jayawanti" "jaya jayavanti" "jaijaiwanthi"
        "jaijayanti" "jayjayanti";
    "Gara" "गारा": "gara" "gaara" "ghara";
    // A Carnatic raga of mela 16 is called Kalavati too; the Hindustani one is played far more.
    "Kalavati" "कलावती": "kalavati" "kalawati" "kalaavati" "kalavathi";
    "Jog" "जोग": "jog";
    "Gavati" "गावती": "gavati" "gawati" "gaavati";
    "Narayani" "नारायणी": "narayani" "naarayani";
    "Champak" "चंपक": "champak" "champaka";
    "Bhinna Shadja" "भिन्न षड्ज/कौशिकध्वनि": "bhinna shadja" "bhinna shadj" "bhinna shadaj" "bhinna shadjam" "kaushikdhwani" "kaushikdhvani"
        "koushikdhwani" "koushikdhvani";
    "Janasammohini" "जनसम्मोहिनी": "janasammohini" "jansammohini" "janasanmohini" "jana sammohini";
    "Bhupeshwari" "भूपेश्वरी": "bhupeshwari" "bhoopeshwari" "bhupeshvari" "bhoopeswari";
    "Madhuvanti" "मधुवंती": "madhuvanti" "madhuwanti" "madhuvanthi" "madhuwanthi";
    "Multani" "मुलतानी": "multani" "mooltani" "multaani";
    // Carnatic Todi is another raga: Hanumatodi, below, which has `thodi`, the southern way to write it.
    "Todi" "तोड़ी/मियाँ की तोड़ी": "todi" "tori" "miyan ki todi" "mian ki todi" "miya ki todi" "mia ki todi" "miyaan ki todi" "miyan todi"
        "mian todi" "miya todi";
    "Gujari Todi" "गुर्जरी तोड़ी/गूजरी तोड़ी": "gujari todi" "gurjari todi" "gujri todi" "gujjari todi" "goojari todi" "gurjari" "gujari";
    "Bilaskhani Todi" "बिलासखानी तोड़ी": "bilaskhani todi" "bilas khani todi" "bilashkhani todi" "vilaskhani todi" "bilaskani todi"
        "bilaskhani";
    "Bhupal Todi" "भूपाल तोड़ी": "bhupal todi" "bhoopal todi" "bhupala todi";
    "Anjani Todi" "अंजनी तोड़ी": "anjani todi";
    "Lakshmi Todi" "लक्ष्मी तोड़ी": "lakshmi todi" "laxmi todi" "laksmi todi";
    "Bahaduri Todi" "बहादुरी तोड़ी": "bahaduri todi" "bahaduree todi";
    "Desi" "देसी/देशी/देसी तोड़ी": "desi" "deshi" "desi todi" "deshi todi";
    // The Carnatic raga of mela 8 is written Asaveri and stands below.
    "Asavari" "आसावरी/असावरी": "asavari" "asawari" "aasavari" "aasawari" "ashavari" "asaavari";
    "Komal Rishabh Asavari" "कोमल ऋषभ आसावरी": "komal rishabh asavari" "komal rishabh asawari" "komal rishab asavari" "komal rishab asawari"
        "komal re asavari" "komal re asawari" "komal rishav asavari" "komal rishav asawari" "asavari todi" "asawari todi";
    "Jaunpuri" "जौनपुरी": "jaunpuri" "jonpuri" "jounpuri" "jaunpoori" "jivanpuri" "jeevanpuri";
    "Gandhari" "गांधारी": "gandhari" "gaandhari";
    "Devgandhar" "देवगंधार/देव गांधार": "devgandhar" "dev gandhar" "devagandhar" "deogandhar";
    "Khat" "खट": "khat" "khat todi";
    "Darbari Kanada" "दरबारी कान्हड़ा/दरबारी कानड़ा/दरबारी": "darbari kanada" "darbari kanhada" "darbari kanara" "darbari kanra"
        "darbari kanhra" "darbari kannada" "durbari kanada" "durbari kanhada" "durbari kanara" "durbari kanra" "durbari kanhra"
        "durbari kannada" "darbari" "durbari" "darabari kanada";
    "Adana" "अड़ाना/अडाणा": "adana" "adaana" "addana" "adhana" "adana kanada" "adana kanhada";
    "Nayaki Kanada" "नायकी कान्हड़ा/नायकी कानड़ा": "nayaki kanada" "nayaki kanhada" "nayaki kanara" "nayaki kanra" "nayki kanada"
        "nayki kanhada" "nayki kanara" "nayki kanra" "naiki kanada" "naiki kanhada" "naiki kanara" "naiki kanra";
    "Kaunsi Kanada" "कौंसी कान्हड़ा/कौशी कानड़ा": "kaunsi kanada" "kaunsi kanhada" "kaunsi kanara" "kaunsi kanra" "kaunshi kanada"
        "kaunshi kanhada" "kaunshi kanara" "kaunshi kanra" "kausi kanada" "kausi kanhada" "kausi kanara" "kausi kanra" "kaushi kanada"
        "kaushi kanhada" "kaushi kanara" "kaushi kanra" "koushi kanada" "koushi kanhada" "koushi kanara" "koushi kanra" "kounsi kanada"
        "kounsi kanhada" "kounsi kanara" "kounsi kanra" "kousi kanada" "kousi kanhada" "kousi kanara" "kousi kanra";
    // A raga of both traditions. Hindustani singers who add a Kanada turn call it by the next name.
    "Abhogi" "आभोगी": "abhogi" "aabhogi";
    "Abhogi Kanada" "आभोगी कान्हड़ा/आभोगी कानड़ा": "abhogi kanada" "abhogi kanhada" "abhogi kanara" "abhogi kanra";
    // Bare Shahana is left to Carnatic Sahana, which is often written so.
    "Shahana Kanada" "शहाना कान्हड़ा/शहाना कानड़ा": "shahana kanada" "shahana kanhada" "shahana kanara" "shahana kanra" "sahana kanada"
        "sahana kanhada" "sahana kanara" "sahana kanra";
    "Hussaini Kanada" "हुसैनी कान्हड़ा/हुसैनी कानड़ा": "hussaini kanada" "hussaini kanhada" "hussaini kanara" "hussaini kanra"
        "husaini kanada" "husaini kanhada" "husaini kanara" "husaini kanra" "huseni kanada" "huseni kanhada" "huseni kanara" "huseni kanra";
    "Suha" "सूहा": "suha" "sooha" "suha kanada" "suha kanhada" "suha kanara";
    "Sugharai" "सुघराई": "sugharai" "sughrai" "sugharayi" "sugharai kanada" "sugharai kanhada" "sugharai kanara" "sughrai kanada"
        "sughrai kanhada";
    "Bahar" "बहार": "bahar" "bahaar";
    "Basant Bahar" "बसंत बहार": "basant bahar" "basant bahaar" "vasant bahar" "vasant bahaar";
    "Miyan ki Malhar" "मियाँ की मल्हार/मियां मल्हार": "miyan ki malhar" "miyan ki malhaar" "mian ki malhar" "mian ki malhaar"
        "miya ki malhar" "miya ki malhaar" "mia ki malhar" "mia ki malhaar" "miyaan ki malhar" "miyaan ki malhaar" "miyan malhar"
        "mian malhar" "miya malhar" "mia malhar" "mian ki mallar";
    "Gaud Malhar" "गौड़ मल्हार": "gaud malhar" "gaud malhaar" "gaur malhar" "gaur malhaar" "goud malhar" "goud malhaar" "gour malhar"
        "gour malhaar" "gor malhar" "gor malhaar";
    "Megh" "मेघ/मेघ मल्हार": "megh" "megha" "megh malhar" "megh malhaar" "megha malhar" "megha malhaar";
    "Sur Malhar" "सूर मल्हार/सूरदासी मल्हार": "sur malhar" "sur malhaar" "soor malhar" "soor malhaar" "surdasi malhar" "surdasi malhaar"
        "soordasi malhar" "soordasi malhaar";
    "Ramdasi Malhar" "रामदासी मल्हार": "ramdasi malhar" "ramdasi malhaar" "ramadasi malhar" "ramadasi malhaar";
    "Desh Malhar" "देश मल्हार/देस मल्हार": "desh malhar" "desh malhaar" "des malhar" "des malhaar";
    "Dhulia Malhar" "धुलिया मल्हार": "dhulia malhar" "dhuliya malhar" "dhooliya malhar";
    "Jayant Malhar" "जयंत मल्हार": "jayant malhar" "jayant malhaar" "jayanta malhar" "jayanta malhaar";
    "Mirabai ki Malhar" "मीराबाई की मल्हार": "mirabai ki malhar" "mirabai ki malhaar" "meerabai ki malhar" "meerabai ki malhaar"
        "mira malhar" "meera malhar";
    "Brindavani Sarang" "वृंदावनी सारंग/बृंदावनी सारंग": "brindavani sarang" "vrindavani sarang" "brindabani sarang" "vrindabani sarang"
        "brindavan sarang" "vrindavan sarang" "brindaban sarang" "vrndavani sarang" "brindavani" "vrindavani";
    "Shuddha Sarang" "शुद्ध सारंग": "shuddha sarang" "shuddh sarang" "shudh sarang" "suddha sarang" "sudh sarang";
    "Madhyamad Sarang" "मध्यमाद सारंग/मधमाद सारंग": "madhyamad sarang" "madhmad sarang" "madhumad sarang" "madhamad sarang"
        "madhyamadi sarang" "madhmadi sarang";
    "Miyan ki Sarang" "मियाँ की सारंग": "miyan ki sarang" "mian ki sarang" "miya ki sarang" "mia ki sarang";
    "Samant Sarang" "सामंत सारंग": "samant sarang" "samanta sarang" "saamant sarang";
    "Lankadahan Sarang" "लंकादहन सारंग": "lankadahan sarang" "lanka dahan sarang" "lankdahan sarang";
    "Badhans Sarang" "बड़हंस सारंग": "badhans sarang" "barhans sarang" "badahans sarang" "badhamsa sarang";
    "Bhimpalasi" "भीमपलासी/भीमपलाश्री": "bhimpalasi" "bheempalasi" "bhim palasi" "bhimpalashi" "bhimplasi" "bhimpalas" "bhimpalasri"
        "bhimpalashree";
    "Palasi" "पलासी": "palasi" "palashi";
    "Dhanashri" "धनाश्री": "dhanashri" "dhanashree" "dhanasri" "dhanasree";
    "Dhani" "धानी": "dhani" "dhaani";
    "Patdip" "पटदीप": "patdip" "patdeep" "pat dip" "patadip" "patadeep";
    "Pradipki" "प्रदीपकी/पटदीपकी": "pradipki" "pradeepki" "pradeepaki" "patdipki" "patdeepki";
    "Hansakinkini" "हंसकिंकिणी": "hansakinkini" "hamsakinkini" "hanskinkini" "hamsakankini" "hansakankani";
    // Carnatic Kapi is another raga and is never written with an f.
    "Kafi" "काफी": "kafi" "kaafi" "kafee" "kaphi" "kaaphi";
    "Pilu" "पीलू": "pilu" "piloo" "peelu" "peeloo";
    "Barwa" "बरवा": "barwa" "barva" "baruva";
    "Sindhura" "सिंदूरा/सिंधूरा": "sindhura" "sindura" "sindoora" "sindhoora";
    "Malgunji" "मालगुंजी": "malgunji" "maalgunji" "malgunjee";
    "Patmanjari" "पटमंजरी": "patmanjari" "pat manjari" "patamanjari";
    "Malkauns" "मालकौंस/मालकोंस/मालकोश/मालकौश/मालकोस": "malkauns" "malkosh" "malkaush" "malkans" "malkaus" "malkos" "malkouns" "malkous"
        "malkons" "malkounsh" "malkaunsh" "maalkauns" "maalkosh" "malkosha" "malkonsh" "malakosh";
    "Sampurna Malkauns" "संपूर्ण मालकौंस": "sampurna malkauns" "sampurna malkosh" "sampoorna malkauns" "sampoorna malkosh";
    "Chandrakauns" "चंद्रकौंस/चंद्रकोश": "chandrakauns" "chandra kauns" "chandrakosh" "chandrakaush" "chandrakaus" "chandrakouns"
        "chandrakons" "chandrakans" "chandrakos";
    "Madhukauns" "मधुकौंस": "madhukauns" "madhu kauns" "madhukosh" "madhukaus" "madhukouns" "madhukans";
    "Jogkauns" "जोगकौंस": "jogkauns" "jog kauns" "jogkosh" "jogkaus" "jogkouns" "jogkons" "yogkauns";
    "Harikauns" "हरिकौंस": "harikauns" "hari kauns" "harikosh" "harikaus" "harikouns";
    "Chandranandan" "चंद्रनंदन": "chandranandan" "chandranandana";
    "Hemant" "हेमंत": "hemant" "hemanta";
    // Carnatic Bhairavi is another raga and stands below as Carnatic Bhairavi.
    "Bhairavi" "भैरवी": "bhairavi" "bhairvi" "bhairawi" "bhairabi" "bhyravi" "bhairavee";
    "Sindhu Bhairavi" "सिंधु भैरवी": "sindhu bhairavi" "sindh bhairavi";
    "Bhairav" "भैरव/भैरों": "bhairav" "bhairava" "bhairab" "bhairo" "bhairon" "bhayrav";
    "Ahir Bhairav" "अहीर भैरव": "ahir bhairav" "aheer bhairav" "ahira bhairav" "ahir bhairon" "ahir bhairab" "aheer bhairon"
        "aheer bhairab";
    "Bairagi" "बैरागी/बैरागी भैरव": "bairagi" "bairagee" "vairagi" "bairagi bhairav" "vairagi bhairav";
    "Anand Bhairav" "आनंद भैरव": "anand bhairav" "ananda bhairav";
    "Bangal Bhairav" "बंगाल भैरव": "bangal bhairav" "bengal bhairav" "bangala bhairav";
    "Shivmat Bhairav" "शिवमत भैरव": "shivmat bhairav" "shivamat bhairav" "sivamat bhairav";
    "Saurashtra Bhairav" "सौराष्ट्र भैरव": "saurashtra bhairav" "sourashtra bhairav" "sorashtra bhairav";
    "Prabhat Bhairav" "प्रभात भैरव": "prabhat bhairav";
    "Kabiri Bhairav" "कबीरी भैरव": "kabiri bhairav" "kabir bhairav";
    "Kalingada" "कालिंगड़ा": "kalingada" "kalingda" "kalingra" "kalingara";
    "Ramkali" "रामकली": "ramkali" "ramakali" "ramkeli" "raamkali";
    "Jogiya" "जोगिया": "jogiya" "jogia" "joogiya";
    // The raga of the Bhairav family; a rare one of the Bilawal family bears the same names.
    "Gunakri" "गुणक्री/गुणकली/गुनकली": "gunakri" "gunkri" "gunkali" "gunakali" "gunakari" "gunkari";
    "Vibhas" "विभास/बिभास": "vibhas" "bibhas" "vibhash" "bibhash" "bibhaas";
    "Basant Mukhari" "बसंत मुखारी": "basant mukhari" "vasant mukhari" "vasanta mukhari";
    "Devaranjani" "देवरंजनी": "devaranjani" "devranjani";
    "Parameshwari" "परमेश्वरी": "parameshwari" "parmeshwari" "parameswari" "parameshvari";
    "Lalit" "ललित/ललत": "lalit" "lalat";
    "Ahir Lalit" "अहीर ललित": "ahir lalit" "aheer lalit";
    "Lalit Pancham" "ललित पंचम": "lalit pancham" "lalita pancham";
    "Lalita Gauri" "ललिता गौरी": "lalita gauri" "lalita gouri" "lalita gowri" "lalit gauri" "lalit gouri" "lalit gowri";
    "Bhatiyar" "भटियार": "bhatiyar" "bhatiar" "bhattiyar" "bhatiyaar" "bhatihar";
    "Bhankar" "भंखार": "bhankar" "bhankhar";
    "Sohni" "सोहनी/सोहिनी": "sohni" "sohini" "sohani";
    "Puriya" "पूरिया": "puriya" "puria" "pooriya" "pooria";
    "Puriya Dhanashri" "पूरिया धनाश्री": "puriya dhanashri" "puriya dhanashree" "puriya dhanasri" "puria dhanashri" "puria dhanashree"
        "puria dhanasri" "pooriya dhanashri" "pooriya dhanashree" "pooriya dhanasri" "purya dhanashri" "purya dhanashree" "purya dhanasri";
    "Marwa" "मारवा": "marwa" "marva" "maarwa" "maarva";
    "Purvi" "पूर्वी/पूरवी": "purvi" "poorvi" "purbi" "poorbi" "puravi";
    // A Carnatic raga is called Sri as well; in titles the bare word is nearly always the Hindustani raga.
    "Shri" "श्री/श्रीराग": "shri" "shree" "sri" "sree";
    "Gauri" "गौरी": "gauri" "gouri" "gowri";
    "Jaitashri" "जैताश्री/जैतश्री": "jaitashri" "jaitashree" "jaitshri" "jaitshree" "jaitasri" "jetashri";
    // Carnatic Vasanta is another raga; it keeps its final a.
    "Basant" "बसंत": "basant" "basanth" "basanta" "vasant";
    "Paraj" "परज": "paraj" "paraz";
    "Triveni" "त्रिवेणी": "triveni" "tribeni";
    "Barari" "बरारी": "barari" "baradi";
    "Maligaura" "मालीगौरा": "maligaura" "mali gaura" "maligoura";
    "Sajgiri" "साजगिरी": "sajgiri" "sazgiri" "saazgiri" "saajgiri";
    "Rewa" "रेवा": "rewa" "reva";
    "Hindol" "हिंडोल/हिन्दोल": "hindol" "hindola" "hindole";
    "Malashri" "मालश्री": "malashri" "malashree" "malshri" "malshree" "malasri";
    "Pancham" "पंचम": "pancham" "panchama";
    "Deepak" "दीपक": "deepak" "dipak";
    "Asa" "आसा": "asa" "aasa";
    "Shivaranjani" "शिवरंजनी": "shivaranjani" "shivranjani" "sivaranjani" "shivaranjini" "shivranjini" "sivaranjini";
    "Saraswati" "सरस्वती": "saraswati" "sarasvati" "saraswathi" "sarasvathi";
    "Amritavarshini" "अमृतवर्षिणी": "amritavarshini" "amrutavarshini" "amruthavarshini" "amrithavarshini" "amritvarshini" "amrtavarsini";
    "Tilak Shyam" "तिलक श्याम": "tilak shyam" "tilakshyam" "tilak syam";
    // The 72 melakartas in their order.
    "Kanakangi" "कनकांगी": "kanakangi" "kanakaangi";
    "Ratnangi" "रत्नांगी": "ratnangi" "rathnangi";
    "Ganamurti" "गानमूर्ति": "ganamurti" "ganamurthi" "ganamurthy" "ganamoorti" "ganamoorthi";
    "Vanaspati" "वनस्पति": "vanaspati" "vanaspathi";
    "Manavati" "मानवती": "manavati" "manavathi";
    "Tanarupi" "तानरूपी": "tanarupi" "thanarupi" "tanaroopi" "thanaroopi";
    "Senavati" "सेनावती": "senavati" "senavathi";
    // In the south simply Todi; bare `todi` is left to the Hindustani raga.
    "Hanumatodi" "हनुमतोडी/हनुमत्तोडी": "hanumatodi" "hanumathodi" "hanumattodi" "hanumat todi" "hanumanthodi" "thodi" "janatodi"
        "janathodi" "carnatic todi" "karnataka todi" "karnatak todi";
    "Dhenuka" "धेनुका": "dhenuka" "denuka";
    "Natakapriya" "नाटकप्रिया": "natakapriya" "naatakapriya";
    "Kokilapriya" "कोकिलप्रिया": "kokilapriya" "kokilapriyaa";
    "Rupavati" "रूपवती": "rupavati" "roopavati" "rupavathi" "roopavathi";
    "Gayakapriya" "गायकप्रिया": "gayakapriya" "gaayakapriya";
    "Vakulabharanam" "वकुलाभरणम्": "vakulabharanam" "vakulabharana" "vagulabharanam";
    "Mayamalavagowla" "मायामालवगौल/मायामालवगौळ": "mayamalavagowla" "mayamalavagaula" "mayamalavagoula" "mayamalavagowlai" "mayamalavagaulai"
        "mayamalava gowla" "maya malava gowla";
    "Chakravakam" "चक्रवाकम्": "chakravakam" "chakravaka" "chakravaham";
    "Suryakantam" "सूर्यकांतम्": "suryakantam" "suryakantham" "suryakanta" "sooryakantam" "sooryakantham";
    "Hatakambari" "हाटकांबरी": "hatakambari" "hatakambhari";
    "Jhankaradhwani" "झंकारध्वनि": "jhankaradhwani" "jhankaradhvani" "jankaradhwani" "jankaradhvani";
    "Natabhairavi" "नटभैरवी": "natabhairavi" "nata bhairavi" "natabairavi";
    // Hindustani Kirwani is the same raga.
    "Keeravani" "कीरवाणी/किरवानी": "keeravani" "kiravani" "kirwani" "kirvani" "keerwani" "keervani";
    "Kharaharapriya" "खरहरप्रिया": "kharaharapriya" "karaharapriya" "kharaharapriyaa" "kara harapriya";
    "Gourimanohari" "गौरीमनोहरी": "gourimanohari" "gowrimanohari" "gaurimanohari" "gowri manohari" "gauri manohari";
    "Varunapriya" "वरुणप्रिया": "varunapriya" "varunapriyaa";
    "Mararanjani" "माररंजनी": "mararanjani" "maararanjani";
    "Charukeshi" "चारुकेशी": "charukeshi" "charukesi" "charukeshee" "carukesi";
    "Sarasangi" "सरसांगी": "sarasangi" "sarasaangi";
    "Harikambhoji" "हरिकांभोजी": "harikambhoji" "harikamboji" "harikambodhi" "harikambodi";
    "Shankarabharanam" "शंकराभरणम्/धीरशंकराभरणम्": "shankarabharanam" "sankarabharanam" "shankarabharana" "sankarabharana" "sankarabaranam"
        "dheerashankarabharanam" "dheerasankarabharanam" "dhirashankarabharanam" "dhirasankarabharanam";
    "Naganandini" "नागनंदिनी": "naganandini" "naganandhini";
    "Yagapriya" "यागप्रिया": "yagapriya" "yaagapriya";
    "Ragavardhini" "रागवर्धिनी": "ragavardhini" "ragavardhani" "ragavardini";
    "Gangeyabhushani" "गांगेयभूषणी": "gangeyabhushani" "gangeyabhooshani" "gangeyabhusani";
    "Vagadheeswari" "वागधीश्वरी": "vagadheeswari" "vagadheeshwari" "vagadhishwari" "vagadhiswari" "vagadhisvari";
    "Shulini" "शूलिनी": "shulini" "shoolini" "sulini" "soolini";
    "Chalanata" "चलनाट": "chalanata" "chala nata" "chalanattai" "chalanaata";
    "Salagam" "सालगम्": "salagam" "saalagam" "salaga";
    "Jalarnavam" "जलार्णवम्": "jalarnavam" "jalarnava";
    "Jhalavarali" "झालवराली": "jhalavarali" "jalavarali" "jhaalavarali" "dhalivarali";
    "Navaneetam" "नवनीतम्": "navaneetam" "navaneetham" "navanitam" "navanitham";
    "Pavani" "पावनी": "pavani" "paavani";
    "Raghupriya" "रघुप्रिया": "raghupriya" "ragupriya";
    "Gavambodhi" "गवांबोधि": "gavambodhi" "gavambhodi" "gavambhodhi" "gavambodi" "ghavambhodi";
    "Bhavapriya" "भवप्रिया": "bhavapriya" "bhavapriyaa";
    "Shubhapantuvarali" "शुभपंतुवराली": "shubhapantuvarali" "shubhapanthuvarali" "subhapantuvarali" "subhapanthuvarali" "sivapantuvarali"
        "sivapanthuvarali" "shivapantuvarali" "shivapanthuvarali" "shubha pantuvarali";
    "Shadvidhamargini" "षड्विधमार्गिणी": "shadvidhamargini" "shadvidamargini" "sadvidhamargini";
    "Suvarnangi" "सुवर्णांगी": "suvarnangi" "suvarnaangi" "swarnangi";
    "Divyamani" "दिव्यमणि": "divyamani" "divyamanee";
    "Dhavalambari" "धवलांबरी": "dhavalambari" "davalambari";
    "Namanarayani" "नामनारायणी": "namanarayani" "nama narayani";
    // Some teachers call mela 45 Pantuvarali; the name without an addition is nearly always this one.
    "Kamavardhini" "कामवर्धिनी/पंतुवराली": "kamavardhini" "kamavardhani" "pantuvarali" "panthuvarali" "pantuvaraali" "kasiramakriya"
        "kashiramakriya";
    "Ramapriya" "रामप्रिया": "ramapriya" "raamapriya";
    "Gamanashrama" "गमनाश्रम": "gamanashrama" "gamanasrama" "gamanashramam" "gamanasramam";
    "Vishwambari" "विश्वंबरी": "vishwambari" "viswambari" "vishvambari" "vishwambhari" "vishvambhari";
    "Shamalangi" "श्यामलांगी": "shamalangi" "shyamalangi" "syamalangi";
    "Shanmukhapriya" "षण्मुखप्रिया": "shanmukhapriya" "shanmugapriya" "shanmughapriya" "shanmukapriya" "sanmukhapriya";
    "Simhendramadhyamam" "सिंहेंद्रमध्यमम्/सिंहेंद्रमध्यम": "simhendramadhyamam" "simhendramadhyama" "sinhendramadhyamam"
        "sinhendramadhyama" "simendramadhyamam" "simendramadhyama" "simhendra madhyamam" "simhendra madhyama" "simhendra madhyam";
    "Hemavati" "हेमवती": "hemavati" "hemavathi" "hemawati" "haimavati";
    "Dharmavati" "धर्मवती": "dharmavati" "dharmavathi" "dharmawati" "dhamavati";
    "Neetimati" "नीतिमती": "neetimati" "neethimathi" "nitimati" "nithimathi";
    "Kantamani" "कांतामणि": "kantamani" "kanthamani" "kaantamani";
    "Rishabhapriya" "ऋषभप्रिया": "rishabhapriya" "rishabapriya" "rushabhapriya" "rsabhapriya";
    "Latangi" "लतांगी": "latangi" "lathangi" "lataangi";
    "Vachaspati" "वाचस्पति": "vachaspati" "vachaspathi" "vacaspati";
    // The southern sister of Yaman, and not the thaat Kalyan.
    "Kalyani" "कल्याणी/मेचकल्याणी": "kalyani" "kalyaani" "mechakalyani" "mecha kalyani" "mecakalyani";
    "Chitrambari" "चित्रांबरी": "chitrambari" "chithrambari";
    "Sucharitra" "सुचरित्र": "sucharitra" "sucharithra" "suchcharitra";
    "Jyotiswarupini" "ज्योतिस्वरूपिणी": "jyotiswarupini" "jyotiswaroopini" "jyotisvarupini" "jyothiswarupini" "jyothiswaroopini"
        "jyothisvarupini" "jyothi swaroopini";
    "Dhatuvardhani" "धातुवर्धनी": "dhatuvardhani" "dhatuvardhini" "dhathuvardhani" "dhathuvardhini";
    "Nasikabhushani" "नासिकाभूषणी": "nasikabhushani" "nasikabhushini" "nasikabhooshani" "nasikabushani";
    "Kosalam" "कोसलम्": "kosalam" "koshalam" "kosala";
    "Rasikapriya" "रसिकप्रिया": "rasikapriya" "rasikapriyaa";
    // Other Carnatic ragas.
    "Mohanam" "मोहनम्": "mohanam" "mohana";
    "Mohanakalyani" "मोहनकल्याणी": "mohanakalyani" "mohana kalyani";
    "Suddha Saveri" "शुद्ध सावेरी": "suddha saveri" "shuddha saveri" "sudda saveri";
    "Saveri" "सावेरी": "saveri" "saaveri";
    "Hindolam" "हिंदोलम्": "hindolam";
    "Madhyamavati" "मध्यमावती": "madhyamavati" "madhyamavathi" "madyamavati";
    "Dhanyasi" "धन्यासी": "dhanyasi" "danyasi" "dhanyaasi";
    "Suddha Dhanyasi" "शुद्ध धन्यासी": "suddha dhanyasi" "shuddha dhanyasi" "sudda dhanyasi" "udayaravichandrika" "udaya ravichandrika";
    "Revati" "रेवती": "revati" "revathi";
    "Valaji" "वलजी": "valaji" "valachi" "valaci";
    "Abheri" "आभेरी": "abheri" "aabheri" "abheeri";
    "Kapi" "कापी": "kapi" "kaapi" "karnataka kapi";
    "Sriragam" "श्रीरागम्": "sriragam" "shriragam" "shreeragam" "sreeragam";
    "Sriranjani" "श्रीरंजनी": "sriranjani" "shriranjani" "shree ranjani" "shri ranjani";
    "Reetigowla" "रीतिगौल": "reetigowla" "reetigaula" "reetigoula" "ritigowla" "ritigaula" "ritigoula" "reethigowla" "reethigaula"
        "reethigoula" "rithigowla" "rithigaula" "rithigoula";
    "Manirangu" "मणिरंगु": "manirangu" "mani rangu";
    "Mukhari" "मुखारी": "mukhari" "mukaari";
    "Kanada" "कानडा": "kanada" "kaanada" "karnataka kanada" "carnatic kanada";
    "Darbar" "दरबार": "darbar" "durbar";
    "Nayaki" "नायकी": "nayaki" "naayaki";
    "Huseni" "हुसेनी": "huseni" "husseni" "husaini" "hussaini";
    "Bilahari" "बिलहरी": "bilahari" "bilahaari";
    "Kurinji" "कुरिंजी": "kurinji" "kurinchi" "kuranji";
    "Kedaram" "केदारम्": "kedaram" "kedaaram";
    "Arabhi" "आरभी": "arabhi" "aarabhi";
    "Devagandhari" "देवगांधारी": "devagandhari" "deva gandhari";
    "Navroj" "नवरोज": "navroj" "navaroj" "navaroz" "navroz";
    "Hamsanadam" "हंसनादम्": "hamsanadam" "hamsanaadam" "hansanadam" "hamsanada";
    "Kambhoji" "कांभोजी": "kambhoji" "kamboji" "kambodhi" "kambodi";
    "Yadukula Kambhoji" "यदुकुल कांभोजी": "yadukula kambhoji" "yadukula kamboji" "yadukula kambodhi" "yadukula kambodi" "yedukula kambhoji"
        "yedukula kamboji" "yedukula kambodhi" "yedukula kambodi" "erukalakambhoji";
    "Khamas" "खमास": "khamas" "kamas" "khamaas" "kamaas";
    "Surutti" "सुरुट्टी": "surutti" "suruti" "surati";
    "Kedaragowla" "केदारगौल": "kedaragowla" "kedaragaula" "kedaragoula";
    "Natakurinji" "नाटकुरिंजी": "natakurinji" "nattakurinji" "natakuranji" "naattakurinji";
    "Sahana" "सहाना": "sahana" "sahaana" "shahana";
    "Nalinakanti" "नलिनकांति": "nalinakanti" "nalinakanthi";
    "Carnatic Bhairavi" "कर्नाटक भैरवी": "carnatic bhairavi" "karnataka bhairavi" "karnatak bhairavi" "karnatic bhairavi";
    "Anandabhairavi" "आनंदभैरवी": "anandabhairavi" "ananda bhairavi" "anandha bhairavi";
    "Punnagavarali" "पुन्नागवराली": "punnagavarali" "punnaga varali" "punagavarali";
    "Nadanamakriya" "नादनामक्रिया": "nadanamakriya" "nadhanamakriya" "nadanamakriyaa";
    "Bowli" "बौलि": "bowli" "bauli" "bouli";
    "Gowla" "गौल": "gowla" "gaula" "goula";
    "Malahari" "मलहरी": "malahari" "malahaari";
    "Vasanta" "वसंता": "vasanta" "vasantha";
    "Lalita" "ललिता": "lalita" "lalitha";
    "Malayamarutam" "मलयमारुतम्": "malayamarutam" "malayamarutham" "malaya marutham" "malayamarutha";
    "Hamsanandi" "हंसानंदी": "hamsanandi" "hansanandi" "hamsaanandi" "hamsanandhi";
    "Ranjani" "रंजनी": "ranjani" "ranjini";
    "Nata" "नाट": "nata" "naata" "nattai";
    "Gambhiranata" "गंभीरनाट": "gambhiranata" "gambhiranattai" "gambheeranata" "gambheeranattai" "gambheera nattai";
    "Varali" "वराली": "varali" "varaali";
    "Begada" "बेगडा": "begada" "begadaa";
    "Atana" "अठाणा": "atana" "athana" "ataana";
    "Purvikalyani" "पूर्वीकल्याणी": "purvikalyani" "poorvikalyani" "purvi kalyani" "poorvi kalyani";
    "Hamirkalyani" "हमीरकल्याणी": "hamirkalyani" "hameerkalyani" "hamir kalyani" "hamirkalyaani";
    "Yamunakalyani" "यमुनाकल्याणी": "yamunakalyani" "yamuna kalyani";
    "Brindavana Saranga" "वृंदावन सारंगा": "brindavana saranga" "brindavana sarangam" "vrindavana saranga" "vrindavana sarangam"
        "brundavana saranga" "brundavana sarangam";
    "Dwijavanti" "द्विजावंती": "dwijavanti" "dwijavanthi" "dvijavanti" "dwijawanti";
    "Chenchurutti" "चेंचुरुट्टी": "chenchurutti" "chenjurutti" "chenchuruti" "chenjuruti" "senjurutti" "senchurutti";
    "Bahudari" "बहुदारी": "bahudari" "bahudaari";
    "Kadanakutuhalam" "कदनकुतूहलम्": "kadanakutuhalam" "kadanakuthuhalam" "kadanakutoohalam" "kathanakutuhalam" "kathanakuthuhalam"
        "kathanakutoohalam" "kadana kuthuhalam";
    "Garudadhwani" "गरुडध्वनि": "garudadhwani" "garudadhvani";
    "Nagaswaravali" "नागस्वरावली": "nagaswaravali" "nagasvaravali" "nagaswarali" "nagasvarali";
    "Andolika" "आंदोलिका": "andolika" "aandolika";
    "Jayantasri" "जयंतश्री": "jayantasri" "jayantashri" "jayanthasri" "jayanthashree";
    "Jayamanohari" "जयमनोहरी": "jayamanohari" "jaya manohari";
    "Saramati" "सारमती": "saramati" "saramathi";
    "Gopikavasantam" "गोपिकावसंतम्": "gopikavasantam" "gopikavasantham" "gopika vasantam";
    "Jaganmohini" "जगन्मोहिनी": "jaganmohini" "jagan mohini";
    "Kuntalavarali" "कुंतलवराली": "kuntalavarali" "kunthalavarali";
    "Sunadavinodini" "सुनादविनोदिनी": "sunadavinodini" "sunada vinodini";
    "Revagupti" "रेवगुप्ति": "revagupti" "revagupthi";
    "Bhupalam" "भूपालम्": "bhupalam" "bhoopalam";
    "Gowlipantu" "गौलिपंतु": "gowlipantu" "gaulipantu" "gowlipanthu" "goulipantu";
    "Asaveri" "असावेरी": "asaveri" "asaaveri";
    "Ahiri" "आहिरी": "ahiri" "aahiri";
    "Janaranjani" "जनरंजनी": "janaranjani" "jana ranjani";
    "Purnachandrika" "पूर्णचंद्रिका": "purnachandrika" "poornachandrika";
    "Bindumalini" "बिंदुमालिनी": "bindumalini" "bindu malini";
    "Rudrapriya" "रुद्रप्रिया": "rudrapriya" "rudrapriyaa";
    "Mangalakaisiki" "मंगलकैशिकी": "mangalakaisiki" "mangala kaisiki" "mangalakaishiki";
    "Kalyanavasantam" "कल्याणवसंतम्": "kalyanavasantam" "kalyanavasantham" "kalyana vasantam";
    "Vasantabhairavi" "वसंतभैरवी": "vasantabhairavi" "vasantha bhairavi";
    "Salagabhairavi" "सालगभैरवी": "salagabhairavi" "salaga bhairavi";
    "Sumanesaranjani" "सुमनेशरंजनी": "sumanesaranjani" "sumanesa ranjani" "sumanasaranjani";
    "Chandrajyoti" "चंद्रज्योति": "chandrajyoti" "chandrajyothi";
    "Balahamsa" "बलहंस": "balahamsa" "balahamsam";
    "Kiranavali" "किरणावली": "kiranavali" "kiranaavali";
}
