import SessionDocument
import SessionWire
import Vocabulary

/// What a session will be, decided from its document, the account's preferences and its parameters.
struct PlannedSession: Sendable {
    let documentName: String
    let preferences: SessionPreferences
    private let content: [String: JSONValue]
    private let parameters: [String: JSONValue]

    /// Decides what a session of `document` is.
    ///
    /// A document without inputs of its own gets those of the account, so that a single command is logged,
    /// encrypted and ended by the same rules as a shell.
    init(
        documentName: String,
        document: SessionDocument,
        accountInputs: [String: JSONValue],
        parameters given: [String: [String]]
    ) throws {
        self.documentName = documentName
        let inputs = document.inputs ?? accountInputs
        var content = document.content
        content["inputs"] = .object(inputs)
        self.content = content
        do {
            parameters = try document.parameters.values(of: given)
            preferences = try SessionTerms(of: document, inputs: inputs, values: parameters)
                .preferences
        } catch {
            throw error.startFault
        }
    }

    /// Why such a session is not started here, whoever asks.
    func refusal() -> ServiceFault? {
        guard let bucket = preferences.s3Bucket else { return nil }
        return SSMFault.validation(
            "The preferences of \(documentName) name the S3 bucket '\(bucket)' (s3BucketName), and "
                + "session logs in S3 are not supported yet. Log to CloudWatch Logs instead, with "
                + "cloudWatchLogGroupName."
        )
    }

    /// The content of `interactive_shell`: what the node is told.
    func message(session: SessionID, owner: String, runAsUser: String) -> String {
        let task = AgentTask(
            documentName: documentName,
            documentContent: .object(content),
            sessionID: session.description,
            parameters: parameters,
            runAsUser: runAsUser,
            sessionOwner: owner
        )
        return String(decoding: task.json(), as: UTF8.self)
    }
}
