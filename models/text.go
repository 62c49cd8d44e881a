package models

import (
	"cmp"
	"reflect"
	"strings"
	"unicode/utf8"
)

// checkText refuses texts that the two databases would not both keep as they are: invalid UTF-8, and the character
// NUL. It looks into structs, their lists and maps, and pointers.
func checkText(value any) error {
	if field := badText(reflect.ValueOf(value), ""); field != "" {
		return invalid(field, "store.bad_text")
	}
	return nil
}

// badText names the field of a text that cannot be kept, "" when there is none.
func badText(v reflect.Value, name string) string {
	switch v.Kind() {
	case reflect.String:
		if !utf8.ValidString(v.String()) || strings.Contains(v.String(), "\x00") {
			return strings.ToLower(name)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return badText(v.Elem(), name)
		}
	case reflect.Slice:
		for i := range v.Len() {
			if bad := badText(v.Index(i), name); bad != "" {
				return bad
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if bad := cmp.Or(badText(key, name), badText(v.MapIndex(key), name)); bad != "" {
				return bad
			}
		}
	case reflect.Struct:
		for field, value := range v.Fields() {
			if field.IsExported() {
				if bad := badText(value, field.Name); bad != "" {
					return bad
				}
			}
		}
	default:
	}
	return ""
}
