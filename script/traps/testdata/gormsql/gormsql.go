package gormsql

import (
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

type row struct{ ID string }

func Injected(db *gorm.DB, order, column string, columns []string) error {
	var all []row
	var names []string
	filter := "name = '" + column + "'"
	for _, err := range []error{
		db.Order(order).Find(&all).Error,                                                               // want `gormsql: SQL that is not fixed`
		db.Order(order + " DESC").Find(&all).Error,                                                     // want `gormsql`
		db.Order(fmt.Sprintf("%s DESC", "id")).Find(&all).Error,                                        // want `gormsql`
		db.Group(column).Find(&all).Error,                                                              // want `gormsql`
		db.Select(columns).Find(&all).Error,                                                            // want `gormsql`
		db.Select("id", column).Find(&all).Error,                                                       // want `gormsql`
		db.Distinct(column).Find(&all).Error,                                                           // want `gormsql`
		db.Joins("JOIN " + column).Find(&all).Error,                                                    // want `gormsql`
		db.Table(column).Find(&all).Error,                                                              // want `gormsql`
		db.Model(&row{}).Pluck(column, &names).Error,                                                   // want `gormsql`
		db.Raw(filter).Scan(&all).Error,                                                                // want `gormsql`
		db.Exec("DROP TABLE " + column).Error,                                                          // want `gormsql`
		db.Where(column+" = ?", 1).Find(&all).Error,                                                    // want `gormcond` `gormsql`
		db.Model(&row{}).Where("id = ''").Update(column, 1).Error,                                      // want `gormsql`
		db.Order(clause.OrderByColumn{Column: clause.Column{Name: order, Raw: true}}).Find(&all).Error, // want `gormsql`
		db.Where(clause.Expr{SQL: filter}).Find(&all).Error,                                            // want `gormsql`
		db.Where("id = ?", gorm.Expr(filter)).Find(&all).Error,                                         // want `gormsql`
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

func exposed(db *gorm.DB, where string) *gorm.DB { return db.Where(where) } // want `gormcond` `gormsql`

var _ = exposed // anybody may call it

const newest = "created_at DESC"

var orders = map[string]string{"new": newest, "name": "name, id"}

var list = func() string { return fmt.Sprintf("%s, %s", "id", "name") }()

var Changed = "id" // by other packages

func Fixed(db *gorm.DB, by, id string, old, desc bool) error {
	var all []row
	query := "SELECT id FROM rows"
	if old {
		query += " WHERE old"
	}
	if desc {
		query = query + " ORDER BY id"
	}
	for _, err := range []error{
		db.Order(newest).Find(&all).Error,
		db.Order(orders[by]).Find(&all).Error,
		db.Order("id " + "DESC").Find(&all).Error,
		db.Order(clause.OrderByColumn{Column: clause.Column{Name: by}, Desc: desc}).Find(&all).Error, // quoted
		db.Select(list).Find(&all).Error,
		db.Select([]string{"id", "name"}).Find(&all).Error,
		db.Select("coalesce(name, ?) AS name", by).Find(&all).Error,
		db.Where("id = ?", id).Find(&all).Error,
		db.Where("id = ?", gorm.Expr("version + ?", 1)).Find(&all).Error,
		db.Raw(query, id).Scan(&all).Error,
		columns(db, append([]string{"id"}, "name")...).Find(&all).Error,
		columns(db, "id").Find(&all).Error,
		db.Order(Changed).Find(&all).Error, // want `gormsql`
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// columns is only ever called with constants.
func columns(db *gorm.DB, names ...string) *gorm.DB { return db.Select(names) }
