// Package disk asks the system for what package os does not have: the room that
// is left, a lock that ends with the process, and that written bytes are on
// the disk.
package disk
