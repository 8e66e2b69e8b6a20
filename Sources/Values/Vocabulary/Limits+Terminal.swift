extension Limits {
    /// Bytes read from a terminal at once; also the largest piece of output handed on.
    package static let terminalChunkBytes = 16 * 1024
    /// Pieces of output that wait to be taken before the terminal is no longer read.
    package static let terminalChunksWaiting = 4
    /// How long to look for last output of a child that ended while others keep its terminal open.
    package static let terminalDrain = Duration.milliseconds(50)
    /// Bytes of one entry of the user or group database.
    package static let accountEntryBytes = 1 << 20
    /// Groups one user may be in.
    package static let accountGroups = 1 << 16
}
