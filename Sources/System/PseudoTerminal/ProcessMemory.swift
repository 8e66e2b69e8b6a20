import CPseudoTerminal

/// What the C library and the kernel keep in memory for this process.
package enum ProcessMemory {
    /// Keeps malloc from making an arena, with memory of its own, for nearly every thread.
    package static func limitArenas(to count: Int32) {
        cpty_limit_arenas(count)
    }

    /// Gives back the blocks that malloc keeps free, wherever they lie.
    ///
    /// It takes some milliseconds, more the more memory there is, in which other threads wait to allocate.
    package static func trim() {
        cpty_trim_memory()
    }

    /// Gives back what is not in use: free blocks, and code that can be read from its file again.
    ///
    /// It costs a few milliseconds, and page faults afterwards: for a process that will wait a while.
    package static func release() {
        cpty_release_memory()
    }
}
