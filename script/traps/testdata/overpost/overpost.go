package overpost

import (
	"encoding/json"
	"io"
)

type account struct {
	ID   string `gorm:"primaryKey"`
	Role string
}

type named struct {
	account
	Name string
}

type signUp struct{ Email string }

type output struct {
	Body account // want `overpost: this Body has every column of a row`
}

type list struct {
	Body []*account // want `overpost`
}

type input struct{ Body signUp }

func taken(r io.Reader, data []byte) error {
	var a account
	if err := json.Unmarshal(data, &a); err != nil { // want `overpost: whoever wrote this sets every column of a row`
		return err
	}
	var all []named
	return json.NewDecoder(r).Decode(&all) // want `overpost`
}

func asked(data []byte) (in input, err error) {
	return in, json.Unmarshal(data, &in.Body)
}
