package models_test

import (
	"fmt"

	"puente/models"
)

// The vocabularies come with the program; a term has a number for the engine
// and a title in three languages.
func Example() {
	v := models.Vocabularies()
	topic := v.Topics[v.Topic("rules_of_origin")-1]
	fmt.Println(topic.Area, topic.Initiatives)
	fmt.Println(topic.Title.In("es"))
	region := v.Regions[v.Region("CA-NL")-1]
	fmt.Println(region.Title.In("fr"), region.Zone)
	// Output:
	// origin [regulatory_alignment supply_chain_resilience]
	// Reglas de origen, contenido regional y valor de contenido laboral
	// Terre-Neuve-et-Labrador America/St_Johns
}

// A code of an old vintage falls back to what is still known of it; wholesale
// and retail codes of different countries meet in a family.
func ExampleVocabulary_Code() {
	v := models.Vocabularies()
	for _, firm := range [][2]string{{"US", "311941"}, {"US", "448110"}, {"CA", "458110"}, {"MX", "463211"}, {"US", "463211"}} {
		code, ok := v.Code(firm[0], firm[1])
		if !ok {
			fmt.Println(firm[0], firm[1], "is not an industry code there")
			continue
		}
		family := "-"
		if code.Family > 0 {
			family = v.Families[code.Family-1].ID
		}
		fmt.Println(firm[0], firm[1], "sector", v.Sectors[code.Sector-1].ID, "digits", code.Digits, "adapted", code.Adapted, family)
	}
	// Output:
	// US 311941 sector 31-33 digits 4 adapted false -
	// US 448110 sector 44-46 digits 2 adapted true -
	// CA 458110 sector 44-46 digits 3 adapted false textile_apparel
	// MX 463211 sector 44-46 digits 3 adapted false textile_apparel
	// US 463211 is not an industry code there
}
