import Testing

@testable import ClientCore

@Suite("The words of the AWS CLI to its plugin")
struct PluginInvocationTests {
    private static let answer =
        #"{"SessionId": "alice-0123456789abcdef0", "TokenValue": "t", "StreamUrl": "wss://x/y"}"#

    private static func words(
        _ first: String,
        _ operation: String = "StartSession",
        profile: String = "",
        parameters: String = #"{"Target": "mi-0123456789abcdef0"}"#
    ) -> [String] {
        [first, "us-east-1", operation, profile, parameters, "https://127.0.0.1:8443"]
    }

    @Test func `the answer of StartSession comes as an argument`() throws {
        let invocation = try PluginInvocation(arguments: Self.words(Self.answer)) { _ in nil }
        guard case .session(let session) = invocation else {
            Issue.record("\(invocation)")
            return
        }
        #expect(session.ticket.session == "alice-0123456789abcdef0")
        #expect(session.ticket.streamURL == "wss://x/y")
        #expect(session.target == "mi-0123456789abcdef0")
        #expect(session.region == "us-east-1")
        #expect(session.profile == nil)
        #expect(session.endpoint == "https://127.0.0.1:8443")
    }

    @Test func `or in a variable that the argument names`() throws {
        let words = Self.words("AWS_SSM_START_SESSION_RESPONSE", profile: "work")
        let invocation = try PluginInvocation(arguments: words) { name in
            name == "AWS_SSM_START_SESSION_RESPONSE" ? Self.answer : nil
        }
        guard case .session(let session) = invocation else {
            Issue.record("\(invocation)")
            return
        }
        #expect(session.ticket.token == "t")
        #expect(session.profile == "work")
    }

    @Test(arguments: [
        words("not JSON"), words("AWS_SSM_START_SESSION_RESPONSE"), words(#"{"SessionId": "a"}"#),
        words(answer, "StopSession"), words(answer, parameters: "{}"), ["--help"],
        [answer, "us-east-1", "StartSession"],
    ])
    func `anything else is refused without repeating the token`(words: [String]) {
        #expect {
            try PluginInvocation(arguments: words) { _ in nil }
        } throws: { error in
            !"\(error)".contains("TokenValue")
        }
    }

    @Test func `the CLI's question for the version is understood`() throws {
        let invocation = try PluginInvocation(arguments: ["--version"]) { _ in nil }
        guard case .version = invocation else {
            Issue.record("\(invocation)")
            return
        }
    }
}
