import FoundationEssentials

/// Words that the AWS CLI does not call its plugin with; the sentence says what is wrong.
package struct InvalidPluginInvocation: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String
}

/// What the AWS CLI asks of the program that it calls `session-manager-plugin`.
///
/// `sekisho` under that name carries the session of `aws ssm start-session`. The words are those of the stock
/// plugin: the answer of StartSession as JSON (or the name of the variable that holds it), region,
/// `StartSession`, profile, the request's parameters as JSON, and the address of `ssm`.
package enum PluginInvocation: Sendable {
    case introduction
    case version
    case session(Session)

    /// A session that the AWS CLI has started.
    package struct Session: Sendable {
        package let ticket: SessionTicket
        package let region: String
        /// Nil when the CLI was given none.
        package let profile: String?
        /// As the person wrote it: it is part of the encryption context.
        package let target: String
        package let endpoint: String
    }

    /// The CLI says so when the answer is in a variable, out of sight of other users' process lists.
    private static let variableMark = "AWS_SSM_START_SESSION_RESPONSE"

    /// Reads the words after the program's name.
    package init(
        arguments: [String],
        variable: (String) -> String?
    ) throws(InvalidPluginInvocation) {
        switch arguments.count {
        case 0: self = .introduction
        case 1 where arguments[0] == "--version": self = .version
        case 6 where arguments[2] == "StartSession":
            self = .session(try Self.session(arguments, variable))
        case 6: throw InvalidPluginInvocation(description: "Invalid Operation \(arguments[2])")
        default:
            throw InvalidPluginInvocation(
                description: "Unknown operation: this program is called by 'aws ssm start-session'."
            )
        }
    }

    private struct Answer: Decodable {
        let session: String
        let token: String
        let streamURL: String

        enum CodingKeys: String, CodingKey {
            case session = "SessionId"
            case token = "TokenValue"
            case streamURL = "StreamUrl"
        }
    }

    private struct Parameters: Decodable {
        let target: String

        enum CodingKeys: String, CodingKey { case target = "Target" }
    }

    private static func session(
        _ arguments: [String],
        _ variable: (String) -> String?
    ) throws(InvalidPluginInvocation) -> Session {
        let isNamed = arguments[0].hasPrefix(variableMark)
        let answer = isNamed ? variable(arguments[0]) ?? "" : arguments[0]
        // The text holds a token, so that no message repeats it.
        guard let read = try? JSONDecoder().decode(Answer.self, from: Data(answer.utf8)) else {
            throw InvalidPluginInvocation(
                description: "The answer of StartSession is not readable."
            )
        }
        guard let asked = try? JSONDecoder().decode(Parameters.self, from: Data(arguments[4].utf8))
        else {
            throw InvalidPluginInvocation(description: "The parameters name no Target.")
        }
        return Session(
            ticket: SessionTicket(
                session: read.session,
                streamURL: read.streamURL,
                token: read.token
            ),
            region: arguments[1],
            profile: arguments[3].isEmpty ? nil : arguments[3],
            target: asked.target,
            endpoint: arguments[5]
        )
    }
}
