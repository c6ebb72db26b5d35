package mirror_test

import "syscall"

// limitFileSize keeps this process from writing files larger than n bytes.
func limitFileSize(n uint64) error {
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: n})
}
