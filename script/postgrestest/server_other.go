//go:build !linux

package postgrestest

import "errors"

// privateCluster starts no server here: a process that outlives a killed test would stay behind.
func privateCluster() cluster {
	return cluster{err: errors.New("on this system the tests start none themselves"), stop: func() {}}
}
