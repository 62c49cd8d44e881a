package allow

import "gorm.io/gorm"

type row struct{ ID string }

func permitted(db *gorm.DB, r *row) {
	db.Create(r) //lint:allow gormerror: a lost hint is no harm
	//lint:allow gormerror: nor is this one
	db.Create(r)
}

func refused(db *gorm.DB, r *row) error {
	db.Create(r)                               /* want `gormerror` `allow: say why: //lint:allow gormerror: reason` */ //lint:allow gormerror:
	db.Create(r)                               /* want `gormerror` `allow: there is no rule gormerorr` */              //lint:allow gormerorr: misspelt
	if err := db.Create(r).Error; err != nil { /* want `allow: not needed: gormerror finds nothing here` */            //lint:allow gormerror: was true once
		return err
	}

	//lint:allow gormerror: two lines above is too far  // want `allow: not needed`

	db.Create(r) // want `gormerror`
	return nil
}
