// KMSService: keys that never leave, and what may be done with them. AWS KMS's operations on symmetric keys.

package import Logging
package import Sealing
package import ServiceKit
package import Vocabulary

/// AWS KMS for symmetric encryption keys: the operations as AWS documents them, and the port by which the
/// other services use keys.
package final class KMSService: AWSService {
    package let signingName = "kms"
    package let wireProtocol = WireProtocol.json11(targetPrefix: "TrentService")

    let store: RecordStore
    let materialKey: SealingKey
    let authorizer: any Authorizer
    let pageTokens: PageTokens
    let clock: any WallClock
    let entropy: any Entropy
    let logger: Logger

    /// Makes the service over a store; `materialKey` wraps the material of its keys and does nothing else.
    package init(
        store: RecordStore,
        materialKey: SealingKey,
        authorizer: any Authorizer,
        pageTokens: PageTokens,
        clock: any WallClock,
        entropy: any Entropy,
        logger: Logger
    ) {
        self.store = store
        self.materialKey = materialKey
        self.authorizer = authorizer
        self.pageTokens = pageTokens
        self.clock = clock
        self.entropy = entropy
        self.logger = logger
    }

    package var operations: [Operation] { [] }
}
