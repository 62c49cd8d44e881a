package jwtoptions

import "github.com/golang-jwt/jwt/v5"

func key(*jwt.Token) (any, error) { return nil, nil }

func lax(text string, options ...jwt.ParserOption) error {
	if _, err := jwt.Parse(text, key); err != nil { // want `jwtoptions: Parse without WithValidMethods, WithExpirationRequired, WithIssuer, WithAudience`
		return err
	}
	if _, err := jwt.ParseWithClaims(text, jwt.MapClaims{}, key, jwt.WithValidMethods([]string{"EdDSA"})); err != nil { // want `jwtoptions: ParseWithClaims without WithExpirationRequired`
		return err
	}
	p := jwt.NewParser(options...)                        // want `jwtoptions: NewParser without`
	_, _, err := p.ParseUnverified(text, jwt.MapClaims{}) // want `jwtoptions: ParseUnverified believes what nobody has checked`
	_ = jwt.UnsafeAllowNoneSignatureType                  // want `jwtoptions: UnsafeAllowNoneSignatureType`
	return err
}

func strict(text string) error {
	p := jwt.NewParser(jwt.WithValidMethods([]string{"EdDSA"}), jwt.WithExpirationRequired(), jwt.WithIssuer("puente"), jwt.WithAudience("api"))
	_, err := p.ParseWithClaims(text, &jwt.RegisteredClaims{}, key)
	return err
}
