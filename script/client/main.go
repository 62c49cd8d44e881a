// Command client prints the OpenAPI document in the form that clients are
// generated from: the same operations, with all problems of an operation as
// one answer, so that the generated code has one type for them, and without the
// headers of answers, which clients read from the answer itself.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"

	"puente/api"
	"puente/jobs"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	data, err := api.Document(jobs.Version)
	if err != nil {
		return err
	}
	var document struct {
		OpenAPI    string                               `json:"openapi"`
		Info       any                                  `json:"info"`
		Components map[string]map[string]any            `json:"components"`
		Paths      map[string]map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(data, &document); err != nil {
		return err
	}
	problem := map[string]any{"description": "A problem", "content": map[string]any{
		"application/problem+json": map[string]any{"schema": map[string]any{"$ref": "#/components/schemas/Problem"}},
	}}
	for _, operations := range document.Paths {
		for _, o := range operations {
			responses, _ := o["responses"].(map[string]any)
			for status, r := range responses {
				if code, _ := strconv.Atoi(status); code >= 300 {
					delete(responses, status)
				} else if r, ok := r.(map[string]any); ok {
					delete(r, "headers")
				}
			}
			responses["default"] = problem
		}
	}
	delete(document.Components, "headers")
	delete(document.Components, "responses")
	enc := json.NewEncoder(os.Stdout)
	enc.SetIndent("", " ")
	return enc.Encode(document)
}
