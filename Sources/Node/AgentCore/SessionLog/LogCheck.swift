import AWSClient
import Logging
import SessionDocument
import Vocabulary

/// Makes sure, before a shell starts, that its log can be written (session-protocol 8.5 and design section 7).
struct LogCheck {
    let server: any NodeServer
    /// The agent's own log, with the contexts of the session's log.
    let logger: Logger

    /// AWS's sentence: the group is not seen to carry a key.
    static let notEncrypted =
        "We couldn't start the session because encryption is not set up on the selected CloudWatch "
        + "Logs log group. Either encrypt the log group or choose an option to enable logging without "
        + "encryption."

    /// Where to log to; nil for a session that goes unlogged, because nothing is configured or because
    /// `bestEffort` lets it.
    func destination(for plan: SessionPlan) async throws(SessionRefusal) -> LogDestination? {
        let preferences = plan.preferences
        let isRequired = preferences.logging == .required
        if let bucket = preferences.s3Bucket {
            let problem =
                "sekisho-agent does not write to Amazon S3, and the session preferences "
                + "name the bucket \(bucket)."
            logger.error("\(problem)")
            if isRequired {
                throw SessionRefusal(
                    "We couldn't start the session because it could not be logged: \(problem) Log "
                        + "to a CloudWatch Logs log group instead, or set sekishoLogging to bestEffort."
                )
            }
        }
        guard let destination = plan.logDestination else { return nil }
        do {
            try await check(destination, encrypted: preferences.requiresEncryptedLog)
            try await makeStream(destination)
            return destination
        } catch {
            // A demand for encryption is never waived; a demand for a log at all may be.
            guard isRequired || preferences.requiresEncryptedLog && !error.isAboutWriting else {
                logger.warning(
                    "The session goes on unlogged (sekishoLogging is bestEffort): \(error.reason)"
                )
                return nil
            }
            throw error.refusal(encryption: preferences.requiresEncryptedLog)
        }
    }

    private func check(
        _ destination: LogDestination,
        encrypted: Bool
    ) async throws(Problem) {
        let group = destination.group
        let facts: LogGroupFacts?
        do {
            facts = try await server.logGroup(named: group)
        } catch {
            logger.error(
                "Unable to describe log group \(group), err: \(error)"
            )
            throw Problem(
                reason: "the agent cannot see the log group \(group): \(error)",
                advice: "Allow logs:DescribeLogGroups to the node's role"
            )
        }
        guard let facts else {
            logger.error("The log group \(group) does not exist")
            throw Problem(
                reason: "the log group \(group) does not exist",
                advice: "Create it, or name another one in the session preferences"
            )
        }
        guard !encrypted || facts.kmsKeyID?.isEmpty == false else {
            logger.error("The log group \(group) is not encrypted with a KMS key")
            throw Problem(
                reason: "the log group \(group) has no KMS key",
                advice: "Associate a key with it (logs:AssociateKmsKey)"
            )
        }
    }

    private func makeStream(_ destination: LogDestination) async throws(Problem) {
        do {
            try await server.createLogStream(destination)
        } catch {
            logger.error(
                "Unable to create log stream \(destination.stream), err: \(error)"
            )
            throw Problem(
                reason: "the agent cannot write to the log group \(destination.group): \(error)",
                advice: "Allow logs:CreateLogStream and logs:PutLogEvents to the node's role",
                isAboutWriting: true
            )
        }
    }

    /// What is wrong, and what would mend it.
    private struct Problem: Error {
        let reason: String
        let advice: String
        var isAboutWriting = false

        func refusal(encryption: Bool) -> SessionRefusal {
            if encryption, !isAboutWriting {
                return SessionRefusal("\(LogCheck.notEncrypted) (\(reason). \(advice).)")
            }
            return SessionRefusal(
                "We couldn't start the session because it could not be logged: \(reason). \(advice), "
                    + "or set sekishoLogging to bestEffort in the session preferences."
            )
        }
    }
}
