package matching

// Fact names what an explanation line says; web has the words for each in
// three languages. A fact is stored with the line, so a reason can be read in
// any language later.
type Fact string

// The facts, by factor. X and Y of [Given] are the numbers in brackets.
const (
	FactNotStated       Fact = "not_stated"
	FactNeedHere        Fact = "need_here"        // (level) in the asked market
	FactNeedElsewhere   Fact = "need_elsewhere"   // (level) in another market
	FactNeedUnplaced    Fact = "need_unplaced"    // (level) without a market named
	FactNeedNone        Fact = "need_none"        //
	FactSectorGroup     Fact = "sector_group"     // (four-digit code)
	FactSectorSubsector Fact = "sector_subsector" // (three-digit code)
	FactSectorFamily    Fact = "sector_family"    // (trade family)
	FactSectorChain     Fact = "sector_chain"     // (mentee's, mentor's three-digit code)
	FactSectorKey       Fact = "sector_key"       // (sector)
	FactSectorNone      Fact = "sector_none"      //
	FactMarket          Fact = "market"           // (level)
	FactMarketRegion    Fact = "market_region"    // (level)
	FactMarketNone      Fact = "market_none"      //
	FactLanguage        Fact = "language"         // (language, lower level of the two)
	FactLanguageNone    Fact = "language_none"    //
	FactTime            Fact = "time"             // (minutes a week in the worst week)
	FactStage           Fact = "stage"            // (stage)
	FactStageNear       Fact = "stage_near"       // (mentor's stage)
	FactStageNone       Fact = "stage_none"       //
	FactCadence         Fact = "cadence"          // (cadence)
	FactCadenceNear     Fact = "cadence_near"     // (mentor's cadence)
	FactFormat          Fact = "format"           // (format)
	FactStyleNone       Fact = "style_none"       //
	FactReliability     Fact = "reliability"      // (share)
	FactLoad            Fact = "load"             // (free places, capacity)
	FactPreference      Fact = "preference"       //
	FactPreferenceNone  Fact = "preference_none"  //
	FactSimilarity      Fact = "similarity"       // (share)
)

// Facts lists every fact, so that a test can prove that all have words.
var Facts = []Fact{
	FactNotStated, FactNeedHere, FactNeedElsewhere, FactNeedUnplaced, FactNeedNone,
	FactSectorGroup, FactSectorSubsector, FactSectorFamily, FactSectorChain, FactSectorKey, FactSectorNone,
	FactMarket, FactMarketRegion, FactMarketNone, FactLanguage, FactLanguageNone, FactTime,
	FactStage, FactStageNear, FactStageNone, FactCadence, FactCadenceNear, FactFormat, FactStyleNone,
	FactReliability, FactLoad, FactPreference, FactPreferenceNone, FactSimilarity,
}
