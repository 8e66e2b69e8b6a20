extension AWSClient {
    /// A service as a client must know it: its signing name, and the protocol that its calls are put in.
    package struct Service: Hashable, Sendable {
        enum CallProtocol: Hashable, Sendable {
            /// JSON 1.1; the operation is `X-Amz-Target: PREFIX.Operation`.
            case json(targetPrefix: String)
            /// A form with `Action` and `Version`, answered in XML.
            case query(version: String)
            /// Paths of its own; only `post` and `signedHeaders(forWebSocket:)` make sense.
            case rest
        }

        /// The name in the credential scope.
        package let signingName: String
        let callProtocol: CallProtocol

        package static let kms = Service(
            signingName: "kms",
            callProtocol: .json(targetPrefix: "TrentService")
        )
        package static let logs = Service(
            signingName: "logs",
            callProtocol: .json(targetPrefix: "Logs_20140328")
        )
        package static let ssm = Service(
            signingName: "ssm",
            callProtocol: .json(targetPrefix: "AmazonSSM")
        )
        package static let iam = Service(
            signingName: "iam",
            callProtocol: .query(version: "2010-05-08")
        )
        package static let sts = Service(
            signingName: "sts",
            callProtocol: .query(version: "2011-06-15")
        )
        /// The gateway of sessions: channels and their websockets.
        package static let ssmmessages = Service(signingName: "ssmmessages", callProtocol: .rest)
    }
}
