import AWSClient

/// What a command was given the name of.
///
/// AWS's errors for what is not there seldom repeat the name, and never say how to find the right one.
package enum Sought: Equatable, Sendable {
    case node(String)
    case openSession(String)
    case logGroup(String)
    case logStream(String, group: String)
    case key(String)

    /// Makes a call about it; when it is not there, throws a `NotThere` in place of the service's error.
    package func through<Value>(
        _ call: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await call()
        } catch let error as AWSClientError {
            throw notThere(error) ?? error
        }
    }

    /// What an error of the service means, if it means that nothing has the name.
    func notThere(_ error: AWSClientError) -> (any Error)? {
        guard case .service(let code, let message, _, _) = error else { return nil }
        switch (self, code) {
        case (.node(let id), "InvalidInstanceId"):
            return NotThere("There is no node '\(id)': 'sekisho nodes' lists them.")
        case (.openSession(let id), "DoesNotExistException"):
            return NotThere("There is no open session '\(id)': 'sekisho sessions' lists them.")
        case (.key(let id), "NotFoundException"):
            return NotThere("There is no key '\(id)': 'sekisho keys' lists them.")
        case (.logGroup(let group), "ResourceNotFoundException"):
            return Self.noGroup(group)
        case (.logStream(let stream, let group), "ResourceNotFoundException"):
            guard message.contains("stream") else { return Self.noGroup(group) }
            return NotThere(
                "The log group '\(group)' has no stream '\(stream)': 'sekisho logs streams \(group)' lists them, "
                    + "and 'sekisho sessions --history' the sessions."
            )
        default: return nil
        }
    }

    private static func noGroup(_ name: String) -> NotThere {
        NotThere("There is no log group '\(name)': 'sekisho logs' lists them.")
    }
}

/// Nothing has the name that a command was given; the sentence says which, and what lists the right ones.
package struct NotThere: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
