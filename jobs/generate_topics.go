package jobs

import (
	"slices"

	"puente/models"
)

// Topics by how often mentees ask for them, and by how often mentors know
// them. Both fall off as 1/rank (Zipf), the mentors' more gently. The orders
// differ on purpose: origin, customs and credit insurance are wanted more than
// they are known, so that a round is short of them.
var (
	wantedTopics = []string{
		"rules_of_origin", "customs_clearance", "distributors_agents", "market_research", "certification_of_origin",
		"pricing_incoterms", "logistics_freight", "export_plan", "product_standards", "marketplaces", "labelling_language",
		"working_capital", "digital_marketing", "export_credit_insurance", "tariff_classification", "food_health_rules",
		"procurement_us", "trade_shows_missions", "grants_programmes", "online_store_payments", "services_exports",
		"cross_border_tax_legal", "contracts_disputes", "leadership_growth", "fx_payments", "supplier_qualification",
		"procurement_ca", "joint_ventures", "ip_protection", "procurement_mx", "immex_maquila", "quality_lean",
		"hiring_training", "equity_investors", "certification_help", "data_ai", "cybersecurity_privacy", "automation_erp",
		"sourcing_resilience", "corporate_diversity", "traceability", "cross_cultural", "women_entrepreneurs",
		"energy_efficiency", "licensing_franchising", "trusted_trader", "carbon_reporting", "labour_compliance",
		"circular_packaging", "indigenous_trade", "cleantech_market", "ma_succession",
	}
	knownTopics = []string{
		"export_plan", "leadership_growth", "market_research", "digital_marketing", "distributors_agents", "pricing_incoterms",
		"logistics_freight", "quality_lean", "trade_shows_missions", "working_capital", "marketplaces", "supplier_qualification",
		"customs_clearance", "cross_cultural", "product_standards", "contracts_disputes", "services_exports", "automation_erp",
		"procurement_us", "hiring_training", "rules_of_origin", "online_store_payments", "cross_border_tax_legal",
		"joint_ventures", "ip_protection", "food_health_rules", "grants_programmes", "labelling_language", "data_ai",
		"sourcing_resilience", "procurement_mx", "fx_payments", "procurement_ca", "equity_investors", "corporate_diversity",
		"immex_maquila", "certification_of_origin", "women_entrepreneurs", "certification_help", "traceability",
		"tariff_classification", "cybersecurity_privacy", "energy_efficiency", "labour_compliance", "licensing_franchising",
		"export_credit_insurance", "ma_succession", "circular_packaging", "carbon_reporting", "trusted_trader",
		"indigenous_trade", "cleantech_market",
	}
)

const (
	knownOffset = 6 // flattens the mentors' ranks
	tradeBoost  = 4 // how much more often a firm asks for the topics of its trade
)

// topicCountry names the only country that a topic is about.
var topicCountry = map[string]string{"procurement_us": "US", "procurement_ca": "CA", "procurement_mx": "MX", "immex_maquila": "MX"}

// ranked weighs topics by their rank, those of a trade more, and leaves out
// topics about countries that are not concerned.
func ranked(topics []string, offset int, trade *industry, countries []string) (choices []choice[string]) {
	for rank, topic := range topics {
		if only := topicCountry[topic]; only != "" && !slices.Contains(countries, only) {
			continue
		}
		weight := 100_000 / (rank + 1 + offset)
		if slices.Contains(trade.topics, topic) {
			weight *= tradeBoost
		}
		choices = append(choices, choice[string]{topic, weight})
	}
	return choices
}

// fillNeeds draws one to five topics, most important first. Now and then two
// needs are equally important.
func fillNeeds(d dice, _ *population, p *models.Profile) {
	p.Needs = nil
	n := pick(d, []choice[int]{{1, 8}, {2, 20}, {3, 34}, {4, 22}, {5, 16}})
	priority := 0
	choices := ranked(wantedTopics, 0, industryOf(p), append(countriesOf(p.Targets), p.Country))
	for _, topic := range pickSome(d, choices, n) {
		if priority == 0 || !d.chance(12) {
			priority++
		}
		p.Needs = append(p.Needs, models.Need{Topic: topic, Priority: priority})
	}
}

// fillExpertise draws two to eight topics and for each the markets in which it
// was gained: of the markets that the mentor knows, or none named.
func fillExpertise(d dice, _ *population, p *models.Profile) {
	p.Expertise = nil
	n := pick(d, []choice[int]{{2, 8}, {3, 20}, {4, 26}, {5, 20}, {6, 14}, {7, 8}, {8, 4}})
	countries := marketCountries(p)
	for _, topic := range pickSome(d, ranked(knownTopics, knownOffset, industryOf(p), countries), n) {
		for _, market := range expertiseMarkets(d, topic, countries) {
			level := pick(d, []choice[int]{{1, 26}, {2, 46}, {3, 28}})
			p.Expertise = append(p.Expertise, models.Expertise{Topic: topic, Level: level, Market: market})
		}
	}
}

// expertiseMarkets draws where a topic is known.
func expertiseMarkets(d dice, topic string, countries []string) []string {
	switch {
	case topicCountry[topic] != "":
		return []string{topicCountry[topic]}
	case d.chance(22):
		return []string{""}
	case d.chance(18):
		return pickSome(d, evenly(countries...), 2)
	}
	return pickSome(d, evenly(countries...), 1)
}
