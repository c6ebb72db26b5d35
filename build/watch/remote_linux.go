package watch

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// remotes are file systems that do not tell of changes made elsewhere, by
// their magic numbers (statfs(2)). 9p is what WSL shows Windows' drives as.
var remotes = map[int64]string{
	unix.NFS_SUPER_MAGIC: "NFS", unix.SMB_SUPER_MAGIC: "SMB", 0xff534d42: "CIFS", 0xfe534d42: "SMB",
	unix.V9FS_MAGIC: "9p", unix.AFS_SUPER_MAGIC: "AFS", unix.CODA_SUPER_MAGIC: "Coda", 0x786f4256: "a VirtualBox shared folder",
	unix.FUSE_SUPER_MAGIC: "FUSE",
}

// remote returns an error that says so when the system would not tell of
// changes in a folder.
func remote(dir string) error {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return nil // whatever it is, it will show when the folder is watched
	}
	if name := remotes[int64(uint32(st.Type))]; name != "" {
		return fmt.Errorf("the archive lies on %s, which does not tell of changes made elsewhere", name)
	}
	return nil
}
