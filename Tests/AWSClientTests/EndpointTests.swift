import Testing
import Vocabulary

@testable import AWSClient

@Suite("The address of a server")
struct EndpointTests {
    @Test(arguments: [
        ("https://h", "https://h", "h", 443),
        ("HTTPS://H.example:443/", "https://H.example", "H.example", 443),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1", 8080),
        ("https://[::1]:8443", "https://[::1]:8443", "::1", 8443),
    ])
    func `scheme, host and port are read, and written without what goes without saying`(
        text: String,
        written: String,
        host: String,
        port: Int
    ) throws {
        let endpoint = try Endpoint(parsing: text)
        #expect(endpoint.description == written)
        #expect(endpoint.host == host && endpoint.port == port)
    }

    @Test(arguments: [
        "", "h", "h:80", "ftp://h", "https://", "https://h/path", "https://h?x", "https://u@h",
        "https://h:0", "https://h:65536", "https://h:x", "https://[::1", "https://[g]",
        "https://a b",
    ])
    func `anything more or less is refused`(text: String) {
        #expect(throws: InvalidIdentifier.self) { try Endpoint(parsing: text) }
    }
}

@Suite("Trying again")
struct RetryPolicyTests {
    private static func fault(_ code: String, _ status: Int) -> AWSClientError {
        .service(code: code, message: "", status: status, requestID: nil)
    }

    @Test(arguments: [
        (fault("InternalFailure", 500), true),
        (fault("ThrottlingException", 400), true),
        (fault("Any", 429), true),
        (fault("AccessDeniedException", 400), false),
        (.transport("x"), true),
        (.credentials("x"), false),
        (.unreadable("x"), false),
    ])
    func `only what may pass is worth another attempt`(error: AWSClientError, passes: Bool) {
        #expect(RetryPolicy.isPassing(error) == passes)
    }

    @Test func `pauses double, up to the longest, for so many attempts`() {
        let policy = RetryPolicy(
            attempts: 5,
            basePause: .milliseconds(100),
            longestPause: .milliseconds(300)
        )
        let pauses = (1...6).map { policy.pause(before: $0, fraction: 1) }
        #expect(
            pauses == [
                nil, .milliseconds(100), .milliseconds(200), .milliseconds(300),
                .milliseconds(300), nil,
            ]
        )
        #expect(policy.pause(before: 2, fraction: 0) == .zero)
    }
}
