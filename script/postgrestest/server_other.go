//go:build !linux

package postgrestest

import (
	"context"
	"errors"
)

// privateCluster starts no server here: a process that outlives a killed test would stay behind.
func privateCluster(context.Context, ...string) cluster {
	return cluster{err: errors.New("on this system none is started"), stop: func() {}}
}
