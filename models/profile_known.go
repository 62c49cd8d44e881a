package models

import (
	"encoding/json"
	"strings"
)

// knownLists remembers what texts come to: many people speak the same languages or have the same evenings, and who can
// help with other things than everybody else can help with each of them as others do.
type knownLists struct {
	languages known[LanguageLevel]
	sectors   known[Code]
	slots     known[Slot]
	terms     known[string]
	markets   known[Market]
	expertise known[Expertise]
	people    known[string]
}

func newKnownLists() *knownLists {
	return &knownLists{
		languages: newKnown[LanguageLevel](), sectors: newKnown[Code](), slots: newKnown[Slot](), terms: newKnown[string](), markets: newKnown[Market](),
		expertise: known[Expertise]{items: map[string]Expertise{}}, people: known[string]{items: map[string]string{}},
	}
}

// known are lists of one kind whose texts were met, and their items.
type known[T any] struct {
	lists map[string][]T // nil where lists hardly ever come again
	items map[string]T
}

func newKnown[T any]() known[T] { return known[T]{map[string][]T{}, map[string]T{}} }

// read puts the list of a text where it belongs.
func (k *known[T]) read(text string, to *[]T) (err error) {
	*to, err = k.list(text)
	return err
}

// list gives the list of a text as encoding/json reads it, nil for "".
func (k *known[T]) list(text string) (list []T, err error) {
	if text == "" {
		return nil, nil
	}
	if list, ok := k.lists[text]; ok {
		return list, nil
	}
	list, ok := k.apart(text)
	if !ok {
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			return nil, err
		}
	}
	if k.lists != nil {
		k.lists[text] = list
	}
	return list, nil
}

// apart gives the list of a text of objects, without decoding what is known. A text is what its parts come to if all
// of them are objects. It may not be so where there are more braces than those around them; then it reports false.
func (k *known[T]) apart(text string) ([]T, bool) {
	text, ok := strings.CutPrefix(text, "[{")
	text, also := strings.CutSuffix(text, "}]")
	if !ok || !also {
		return nil, false
	}
	const between = "},{"
	list := make([]T, 0, 1+strings.Count(text, between))
	for part := range strings.SplitSeq(text, between) {
		item, ok := k.items[part]
		if !ok {
			if err := json.Unmarshal([]byte("{"+part+"}"), &item); err != nil {
				return nil, false
			}
			k.items[part] = item
		}
		list = append(list, item)
	}
	return list, true
}
