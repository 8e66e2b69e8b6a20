@testable import AgentCore

/// Two keys for all tests, since each takes a good part of a second to make.
enum TestKeys {
    static let first = Result { try NodeKey() }
    static let second = Result { try NodeKey() }
}
