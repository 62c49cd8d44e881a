package models

import (
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// ErrorCode is the class of an error, by which a caller decides.
type ErrorCode string

// Every failure that a user can meet has one of these codes; all others are internal.
const (
	CodeInvalid     ErrorCode = "invalid"     // what was given cannot be taken
	CodeNotFound    ErrorCode = "not_found"   // is not there, or not for whoever asks
	CodeConflict    ErrorCode = "conflict"    // the state of things does not allow it: taken, full, decided already
	CodeStale       ErrorCode = "stale"       // somebody else changed it since it was read
	CodeDenied      ErrorCode = "denied"      // not allowed to whoever asks
	CodeUnproven    ErrorCode = "unproven"    // a second factor is missing, wrong, or was used
	CodeUnavailable ErrorCode = "unavailable" // the database is away or full; later it may work
	CodeInternal    ErrorCode = "internal"    // a fault of ours
)

// Error is a failure with a message in every language: Key and Args are those of a message, Field names the field
// at fault if there is one, with a dot before each part of what is within another. Err is the cause, for the log only.
type Error struct {
	Code  ErrorCode
	Field string
	Key   string
	Args  map[string]any
	Err   error
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Code, e.Key)
	if e.Field != "" {
		fmt.Fprintf(&b, " (%s)", e.Field)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf gives the code of an error: "" of nil, internal of an error that is not ours.
func CodeOf(err error) ErrorCode {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeInternal
}

// failed turns an error of the database into ours; what names the rows, such as "profile". Our own pass through.
func failed(what string, err error) error {
	var own *Error
	args := map[string]any{"What": what}
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return err
	case errors.Is(err, gorm.ErrRecordNotFound):
		return &Error{Code: CodeNotFound, Key: "store.not_found", Args: args, Err: err}
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return &Error{Code: CodeConflict, Field: takenBy[what], Key: "store.taken", Args: args, Err: err}
	case errors.Is(err, gorm.ErrForeignKeyViolated):
		return &Error{Code: CodeConflict, Key: "store.missing_part", Args: args, Err: err}
	case errors.Is(err, gorm.ErrCheckConstraintViolated):
		return &Error{Code: CodeInvalid, Key: "store.refused", Args: args, Err: err}
	case unavailable(err):
		return &Error{Code: CodeUnavailable, Key: "store.unavailable", Err: err}
	}
	return fmt.Errorf("%s: %w", what, err)
}

// takenBy is the field that whoever is refused can change, of rows of which there is one of a kind: names of
// programmes, and of rounds in a programme; a profile of a role in a programme; a grant of a role.
var takenBy = map[string]string{"programme": "name", "round": "name", "profile": "programme", "grant": "role", "provider": "issuer"}

// missing says that something is not there.
func missing(what string) error {
	return &Error{Code: CodeNotFound, Key: "store.not_found", Args: map[string]any{"What": what}}
}

// invalid says that a field cannot be taken.
func invalid(field, key string) error { return &Error{Code: CodeInvalid, Field: field, Key: key} }

// within places the field of an error in another one; other errors stay as they are.
func within(field string, err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Field == "" {
		return err
	}
	placed := *e
	placed.Field = field + "." + e.Field
	return &placed
}
