package import SigV4
package import Vocabulary

/// How a client proves who is calling.
package enum RequestSigning: Sendable {
    /// Not at all: the operation carries its own proof, as `RegisterManagedInstance` does.
    case anonymous
    /// SigV4 with one access key.
    case credentials(SigningCredentials)
    /// SigV4 with whatever access key is current; asked before each request, so it should remember.
    case provider(@Sendable () async throws -> SigningCredentials)
    /// A registered node's key pair in place of the HMAC: `{ try NodeKeySignature.sign($0, with: key) }`.
    case nodeKey(NodeID, sign: @Sendable (_ stringToSign: String) throws -> String)
}

extension RequestSigning {
    /// What signs the next request; nil when it goes unsigned.
    func signer(
        service: String,
        region: Region,
        keys: SigningKeyCache
    ) async throws(AWSClientError) -> RequestSigner? {
        switch self {
        case .anonymous:
            return nil
        case .credentials(let credentials):
            return RequestSigner(
                credentials: credentials,
                region: region.description,
                service: service,
                keys: keys
            )
        case .provider(let provide):
            let credentials: SigningCredentials
            do {
                credentials = try await provide()
            } catch {
                throw .credentials("There are no credentials to sign with: \(error)")
            }
            return RequestSigner(
                credentials: credentials,
                region: region.description,
                service: service,
                keys: keys
            )
        case .nodeKey(let node, let sign):
            return RequestSigner(
                accessKeyID: node.description,
                region: region.description,
                service: service
            ) { stringToSign, _ in try sign(stringToSign) }
        }
    }
}
