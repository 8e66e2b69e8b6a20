/// What to run on a terminal, where, and as whom.
package struct ChildProgram: Sendable {
    /// The file to execute, as an absolute path.
    package var path: String
    /// All arguments, the program's own name first.
    package var arguments: [String]
    /// The whole environment; nothing is inherited.
    package var environment: [String: String]
    /// Where it starts; nil to start where we are.
    package var directory: String?
    /// Whose rights it gets; nil to keep ours.
    ///
    /// Somebody else's takes root.
    package var account: Account?

    package init(
        path: String,
        arguments: [String],
        environment: [String: String],
        directory: String? = nil,
        account: Account? = nil
    ) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.account = account
    }
}

/// How a child ended.
package enum ChildStatus: Hashable, Sendable {
    case code(Int32)
    case signal(Int32)

    /// One number for both, as shells count it: the code, or 128 and the signal.
    package var shellCode: Int32 {
        switch self {
        case .code(let code): code
        case .signal(let number): 128 + number
        }
    }
}

/// Why a child could not be started.
package enum SpawnFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// An argument or variable holds a zero byte, or a variable's name an equals sign.
    case unusableText
    case system(SystemFailure)

    package var description: String {
        switch self {
        case .unusableText:
            "an argument or environment variable holds a byte that cannot be passed on"
        case .system(let failure): failure.description
        }
    }
}
