// IAMService: users, roles, policies and the sessions of roles; IAM and STS as the frontend sees them, and
// behind the ports of ServiceKit who a key belongs to and what its owner may do.

package import Logging
package import Sealing
package import ServiceKit
import Storage
package import Vocabulary

/// Identity and access management, and the security token service.
///
/// Records are global to an account, as IAM is; every change is one transaction together with its audit
/// record. What authorization needs is cached until one of our own changes (`IdentityCache`), so that a change
/// takes effect on the next request.
package struct IAMService: Sendable {
    let store: RecordStore
    let pageTokens: PageTokens
    let clock: any WallClock
    let entropy: any Entropy
    let logger: Logger
    let tokens: SessionTokenSealer
    let cache = IdentityCache()
    let lastUses: LastUseBook

    /// Makes the service; session tokens are sealed under a key derived from `sealingKey`.
    package init(
        store: RecordStore,
        sealingKey: SealingKey,
        pageTokens: PageTokens,
        clock: any WallClock,
        entropy: any Entropy,
        logger: Logger
    ) {
        self.store = store
        self.pageTokens = pageTokens
        self.clock = clock
        self.entropy = entropy
        self.logger = logger
        tokens = SessionTokenSealer(sealingKey: sealingKey, entropy: entropy)
        lastUses = LastUseBook(store: store)
    }

    /// IAM, version 2010-05-08.
    package var iam: any AWSService {
        QueryService(
            signingName: "iam",
            wireProtocol: .query(
                version: "2010-05-08",
                namespace: "https://iam.amazonaws.com/doc/2010-05-08/"
            ),
            operations: iamOperations
        )
    }

    /// STS, version 2011-06-15.
    package var sts: any AWSService {
        QueryService(
            signingName: "sts",
            wireProtocol: .query(
                version: "2011-06-15",
                namespace: "https://sts.amazonaws.com/doc/2011-06-15/"
            ),
            operations: [
                Operation(AssumeRole.self, of: self),
                Operation(GetCallerIdentity.self, of: self).brief(),
            ]
        )
    }
}

/// What the frontend routes to.
private struct QueryService: AWSService {
    let signingName: String
    let wireProtocol: WireProtocol
    let operations: [Operation]
}

/// One operation: its members are its input, and running it gives its output.
protocol IAMOperation: Decodable, Sendable {
    associatedtype Output: Encodable & Sendable

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output
}

extension Operation {
    /// The operation that is named as its type.
    init<Body: IAMOperation>(_ type: Body.Type, of service: IAMService) {
        self.init("\(type)") { (input: Body, context: OperationContext) in
            try await input.run(in: service, context)
        }
    }
}

/// Names of members as AWS writes them, with a capital: `case userName` is `UserName`.
protocol MemberName: CodingKey, RawRepresentable<String> {}

extension MemberName {
    var stringValue: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
    var intValue: Int? { nil }

    init?(stringValue: String) {
        self.init(rawValue: stringValue.prefix(1).lowercased() + stringValue.dropFirst())
    }

    init?(intValue: Int) { nil }
}
