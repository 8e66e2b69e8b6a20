package import Files

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension FileFailure {
    /// The same in the words of the storage seams.
    package var storageError: StorageError {
        switch code {
        case ENOSPC, EDQUOT: .full
        default: .unavailable(description)
        }
    }
}
