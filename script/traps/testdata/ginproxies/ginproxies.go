package ginproxies

import "github.com/gin-gonic/gin"

func believes() *gin.Engine {
	return gin.New() // want `ginproxies: this engine believes any X-Forwarded-For`
}

func doubts() (*gin.Engine, error) {
	e := gin.New()
	return e, e.SetTrustedProxies(nil)
}
