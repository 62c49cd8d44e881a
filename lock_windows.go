package main

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// sharingViolation is Windows' error of a file that somebody has open.
const sharingViolation = syscall.Errno(32)

// tryLock takes a lock file for this process until it is closed or the process
// ends, however it ends; errLocked if another one has it.
func tryLock(name string) (io.Closer, error) {
	path, err := syscall.UTF16PtrFromString(name)
	if err != nil {
		return nil, err
	}
	handle, err := syscall.CreateFile(path, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, sharingViolation) {
		err = errLocked
	}
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(handle), name), nil
}
