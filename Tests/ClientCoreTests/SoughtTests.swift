import AWSClient
import Testing

@testable import ClientCore

@Suite("What a command was given the name of")
struct SoughtTests {
    private static func refusal(_ code: String, _ message: String = "No.") -> AWSClientError {
        .service(code: code, message: message, status: 400, requestID: nil)
    }

    @Test(arguments: [
        (Sought.node("mi-1"), refusal("InvalidInstanceId"), "'mi-1'", "'sekisho nodes'"),
        (.openSession("s-1"), refusal("DoesNotExistException"), "'s-1'", "'sekisho sessions'"),
        (.key("alias/k"), refusal("NotFoundException"), "'alias/k'", "'sekisho keys'"),
        (.logGroup("g"), refusal("ResourceNotFoundException"), "'g'", "'sekisho logs'"),
        (
            .logStream("s", group: "g"),
            refusal("ResourceNotFoundException", "The specified log group does not exist."),
            "group 'g'", "'sekisho logs'"
        ),
        (
            .logStream("s", group: "g"),
            refusal("ResourceNotFoundException", "The specified log stream does not exist."),
            "stream 's'", "'sekisho logs streams g'"
        ),
    ])
    func `what is not there is named, with the command that lists what is`(
        sought: Sought,
        error: AWSClientError,
        name: String,
        command: String
    ) async {
        await #expect {
            try await sought.through { throw error }
        } throws: {
            $0 is NotThere && "\($0)".contains(name) && "\($0)".contains(command)
        }
    }

    @Test func `every other error stays what it is`() async {
        let error = Self.refusal("AccessDeniedException")
        await #expect(throws: error) {
            try await Sought.node("mi-1").through { throw error }
        }
    }
}
