package httpserver

import (
	"net/http"
	"time"
)

func open(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: time.Second} // want `httpserver: this server has no ReadTimeout, WriteTimeout, IdleTimeout, MaxHeaderBytes`
}

func closed(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: time.Second, ReadTimeout: time.Second, WriteTimeout: time.Second, IdleTimeout: time.Second, MaxHeaderBytes: 1 << 14,
	}
}
