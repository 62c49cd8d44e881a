package jobs

import "puente/models"

// industry is a trade as the generator draws it. Weights follow the mix of a
// state's register of certified firms (services, construction, office work,
// wholesale, trucking), shifted to trades that export goods.
type industry struct {
	word       string // in the invented names of firms
	weight     int
	subsectors []int               // three-digit codes of all three countries
	codes      map[string][]string // by country; NAICS US 2022, NAICS Canada, SCIAN México 2023
	topics     []string            // what such firms ask for more often than others
}

// Codes of five digits mean the same in all three countries; they stand where
// the national sixth digit is not certain.
var industries = []industry{
	{"Foods", 12, []int{311}, map[string][]string{
		"US": {"311421", "311340", "311352", "311911", "311919", "311920", "311941", "311942", "311991", "311999"},
		"CA": {"311420", "311340", "311352", "311814", "311911", "311919", "311920", "311940", "311990"},
		"MX": {"311340", "311350", "311422", "311830", "311910", "31192", "311940", "311999"},
	}, []string{"food_health_rules", "labelling_language", "distributors_agents", "traceability", "rules_of_origin"}},
	{"Drinks", 4, []int{312}, map[string][]string{
		"US": {"312111", "312112", "312120", "312130", "312140"},
		"CA": {"312110", "312120", "312130", "312140"},
		"MX": {"312111", "312120", "312142", "31213"},
	}, []string{"food_health_rules", "labelling_language", "distributors_agents", "pricing_incoterms"}},
	{"Apparel", 5, []int{315, 316}, map[string][]string{
		"US": {"315210", "315250", "315990", "316210", "316990"},
		"CA": {"31521", "31525", "315990", "316210", "316990"},
		"MX": {"31521", "31525", "31599", "31621", "31699"},
	}, []string{"rules_of_origin", "marketplaces", "online_store_payments", "ip_protection"}},
	{"Textiles", 2, []int{313, 314}, map[string][]string{
		"US": {"313210", "314910", "314999"},
		"CA": {"313210", "314910", "314990"},
		"MX": {"31321", "31491", "31499"},
	}, []string{"rules_of_origin", "marketplaces", "circular_packaging"}},
	{"Metals", 4, []int{331, 332}, map[string][]string{
		"US": {"332312", "332322", "332710", "332813", "332999"},
		"CA": {"332710", "332810", "332319", "33291"},
		"MX": {"332310", "332320", "332710", "332810"},
	}, []string{"tariff_classification", "supplier_qualification", "quality_lean", "immex_maquila"}},
	{"Machines", 4, []int{333}, map[string][]string{
		"US": {"333241", "333310", "333415", "333998"},
		"CA": {"33324", "333310", "33341", "333990"},
		"MX": {"33324", "33331", "33341", "33399"},
	}, []string{"product_standards", "export_credit_insurance", "tariff_classification", "contracts_disputes"}},
	{"Electronics", 4, []int{334, 335}, map[string][]string{
		"US": {"334413", "334418", "334510", "335999"},
		"CA": {"334410", "33422", "33451", "335990"},
		"MX": {"334410", "33422", "33451", "33599"},
	}, []string{"product_standards", "ip_protection", "immex_maquila", "tariff_classification"}},
	{"Crafts", 3, []int{339}, map[string][]string{
		"US": {"339112", "339113", "339910", "339920", "339999"},
		"CA": {"339110", "339910", "339920", "339990"},
		"MX": {"33911", "33991", "33992", "33999"},
	}, []string{"marketplaces", "online_store_payments", "indigenous_trade", "ip_protection"}},
	{"Chemistry", 4, []int{325}, map[string][]string{
		"US": {"325411", "325412", "325611", "325620", "325998"},
		"CA": {"325410", "325610", "325620", "32599"},
		"MX": {"32541", "325610", "325620", "32599"},
	}, []string{"product_standards", "labelling_language", "customs_clearance", "carbon_reporting"}},
	{"Parts", 3, []int{326, 336}, map[string][]string{
		"US": {"326199", "336340", "336390"},
		"CA": {"32619", "336340", "336390"},
		"MX": {"32619", "336340", "336390"},
	}, []string{"rules_of_origin", "quality_lean", "supplier_qualification", "immex_maquila", "trusted_trader"}},
	{"Furniture", 3, []int{321, 337}, map[string][]string{
		"US": {"321999", "337122", "337211"},
		"CA": {"321999", "337123", "33721"},
		"MX": {"32199", "337120", "33721"},
	}, []string{"distributors_agents", "logistics_freight", "circular_packaging"}},
	{"Software", 7, []int{513, 518, 519}, map[string][]string{
		"US": {"513210", "518210", "519290"},
		"CA": {"51321", "518210", "51929"},
		"MX": {"51321", "518210", "51929"},
	}, []string{"data_ai", "cybersecurity_privacy", "services_exports", "equity_investors", "ip_protection"}},
	{"Services", 22, []int{541}, map[string][]string{
		"US": {"541330", "541430", "541511", "541512", "541519", "541611", "541613", "541614", "541618", "541690", "541810", "541930", "541990"},
		"CA": {"541330", "541430", "541514", "541611", "541612", "541619", "541690", "541810", "541930", "541990"},
		"MX": {"541330", "541430", "541510", "541610", "541690", "541810", "541930", "541990"},
	}, []string{"services_exports", "procurement_us", "cross_border_tax_legal", "contracts_disputes", "certification_help"}},
	{"Building", 6, []int{236, 237, 238}, map[string][]string{
		"US": {"236220", "237310", "238160", "238210", "238220", "238990"},
		"CA": {"236220", "237310", "238160", "238210", "238220", "238990"},
		"MX": {"23622", "23731", "238210", "238220", "23899"},
	}, []string{"procurement_us", "procurement_ca", "certification_help", "labour_compliance", "energy_efficiency"}},
	{"Offices", 4, []int{561}, map[string][]string{
		"US": {"561110", "561320", "561499", "561612", "561720", "561730", "561910"},
		"CA": {"561110", "561320", "561612", "56172", "561730", "561910"},
		"MX": {"561110", "561320", "56161", "561720", "561730", "561910"},
	}, []string{"procurement_us", "hiring_training", "labour_compliance", "automation_erp"}},
	{"Repairs", 2, []int{811}, map[string][]string{
		"US": {"811210", "811310"},
		"CA": {"811210", "811310"},
		"MX": {"81121", "81131"},
	}, []string{"working_capital", "hiring_training"}},
	{"Transport", 6, []int{484, 488, 492, 493}, map[string][]string{
		"US": {"484110", "484121", "484122", "484220", "484230", "488510", "493110"},
		"CA": {"484110", "484121", "484122", "48423", "488519", "493110"},
		"MX": {"48411", "48412", "48423", "48851", "49311"},
	}, []string{"customs_clearance", "trusted_trader", "logistics_freight", "labour_compliance"}},
	{"Wholesale", 9, []int{423, 424, 425, 411, 413, 414, 416, 417, 418, 431, 432, 433, 434, 435, 436}, map[string][]string{
		"US": {"423430", "423450", "423610", "423830", "423840", "424310", "424410", "424480", "424490", "424690", "425120"},
		"CA": {"4131", "4132", "4141", "4145", "4163", "4172", "4173", "418990"},
		"MX": {"431110", "4311", "4312", "4321", "4331", "4342", "4351", "4352", "4361"},
	}, []string{"customs_clearance", "fx_payments", "sourcing_resilience", "distributors_agents", "working_capital"}},
	{"Shops", 1, []int{445, 449, 458, 459, 463, 465, 466}, map[string][]string{
		"US": {"445298", "458110", "459420"},
		"CA": {"4452", "458110", "45942"},
		"MX": {"4632", "4653", "4663"},
	}, []string{"marketplaces", "online_store_payments", "digital_marketing"}},
	{"Farms", 2, []int{111, 112, 115}, map[string][]string{
		"US": {"111219", "111339", "111421", "112910"},
		"CA": {"111219", "11133", "111421", "112910"},
		"MX": {"11121", "11133", "11142", "112910"},
	}, []string{"food_health_rules", "traceability", "logistics_freight", "tariff_classification"}},
	{"Schools", 2, []int{611, 711, 722}, map[string][]string{
		"US": {"611430", "611710", "711510", "722515"},
		"CA": {"611430", "611710", "711512", "72251"},
		"MX": {"61143", "61171", "71151", "72251"},
	}, []string{"services_exports", "cross_cultural", "digital_marketing"}},
}

// industryChoices are the places of the industries by their weight.
var industryChoices = func() (choices []choice[int]) {
	for i, one := range industries {
		choices = append(choices, choice[int]{i, one.weight})
	}
	return choices
}()

// industryBySubsector finds the industry of a three-digit code.
var industryBySubsector = func() map[int]*industry {
	found := map[int]*industry{}
	for i := range industries {
		for _, code := range industries[i].subsectors {
			found[code] = &industries[i]
		}
	}
	return found
}()

// otherIndustry stands for every trade that the table does not have.
var otherIndustry = industry{word: "Trades"}

// industryOf tells a firm's trade by the first of its codes that says one.
func industryOf(p *models.Profile) *industry {
	for _, c := range p.Sectors {
		if found := industryBySubsector[c.Subsector]; found != nil {
			return found
		}
	}
	return &otherIndustry
}

// codeCounts is how many codes a firm has; a register has up to two dozen.
var codeCounts = []choice[int]{{1, 27}, {2, 27}, {3, 22}, {4, 14}, {5, 10}}

// fillSectors draws the codes of a firm: most of one trade, some of another,
// and now and then one that is known less exactly.
func fillSectors(d dice, _ *population, p *models.Profile) {
	v := models.Vocabularies()
	trade := pick(d, industryChoices)
	seen := map[string]bool{}
	for range pick(d, codeCounts) {
		from := trade
		if len(p.Sectors) > 0 && d.chance(30) {
			from = pick(d, industryChoices)
		}
		raw := pick(d, evenly(industries[from].codes[p.Country]...))
		if len(p.Sectors) > 0 && d.chance(15) {
			raw = raw[:pick(d, []choice[int]{{2, 1}, {3, 2}, {4, 4}})]
		}
		if code, ok := v.Code(p.Country, raw); ok && !seen[raw] {
			seen[raw] = true
			p.Sectors = append(p.Sectors, code)
		}
	}
}
