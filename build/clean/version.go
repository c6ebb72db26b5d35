package clean

// Version names the rules of this package. It goes up when a capture may
// become another article than before, so that articles made by an older
// cleaner can be told, and made again.
const Version = 2
