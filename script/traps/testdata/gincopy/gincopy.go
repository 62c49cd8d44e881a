package gincopy

import (
	"context"
	"sync"

	"github.com/gin-gonic/gin"
)

func work(context.Context, string) {}

func look(*gin.Context) {}

func keeps(c *gin.Context) {
	go func() {
		work(context.Background(), c.Param("id")) // want `gincopy: gin gives c to another request when this one is done; use c.Copy()`
	}()
	go look(c) // want `gincopy`
	var group sync.WaitGroup
	group.Go(func() { look(c) })   // want `gincopy`
	go func() { look(c.Copy()) }() // want `gincopy`
	group.Wait()
}

func copies(c *gin.Context) {
	id := c.Param("id")
	go work(context.Background(), id)
	own := c.Copy()
	go func() { look(own) }()
	go look(c.Copy())
	go func(c *gin.Context) { look(c) }(c.Copy())
	func() { look(c) }()
}
