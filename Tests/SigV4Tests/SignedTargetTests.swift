import CryptoExtras
import FoundationEssentials
import Sealing
import Testing

@testable import SigV4

/// `X-Amz-Target` names the operation: a signature that leaves it out would be good for any with the same body.
///
/// The signature of each of these requests is right for the headers that it names.
@Suite("A target that is present")
struct SignedTargetTests {
    private static let now = date("20260102T030405Z")
    private static let target = HeaderField("X-Amz-Target", "TrentService.DisableKey")
    private let body = Array("{}".utf8)

    /// A request whose signature covers everything but what is put into it afterwards.
    private func request(
        signedBy signer: RequestSigner,
        signing signed: [HeaderField],
        adding later: [HeaderField]
    ) throws -> (SignableRequest, UnverifiedSignature) {
        let bare = SignableRequest(
            method: "POST",
            path: "/",
            headers: [HeaderField("host", "h")] + signed
        )
        let added = try signer.signedHeaders(for: bare, body: body, at: Self.now)
        let request = SignableRequest(
            method: "POST",
            path: "/",
            headers: bare.headers + added + later
        )
        return (request, try #require(try UnverifiedSignature(in: request)))
    }

    @Test func `is signed with an access key, or the signature does not match`() throws {
        let signer = RequestSigner(
            credentials: SigningCredentials(accessKeyID: "A", secretAccessKey: suiteSecret),
            region: "us-east-1",
            service: "kms"
        )
        let (good, goodClaim) = try request(
            signedBy: signer,
            signing: [Self.target],
            adding: []
        )
        let verifier = SignatureVerifier()
        #expect(try verifier.verify(goodClaim, of: good, body: body, secret: suiteSecret) == body)

        let (bad, badClaim) = try request(signedBy: signer, signing: [], adding: [Self.target])
        #expect(throws: SignatureError.doesNotMatch) {
            try verifier.verify(badClaim, of: bad, body: body, secret: suiteSecret)
        }
    }

    @Test func `is signed with a node's key pair, or the signature does not match`() throws {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let publicKey = Array(key.publicKey.derRepresentation)
        let signer = RequestSigner(
            accessKeyID: "mi-0123456789abcdef0",
            region: "us-east-1",
            service: "ssm"
        ) { stringToSign, _ in try NodeKeySignature.sign(stringToSign, with: key) }
        let (good, goodClaim) = try request(
            signedBy: signer,
            signing: [Self.target],
            adding: []
        )
        let verifier = SignatureVerifier()
        #expect(try verifier.verify(goodClaim, of: good, body: body, publicKey: publicKey) == body)

        let (bad, badClaim) = try request(signedBy: signer, signing: [], adding: [Self.target])
        #expect(throws: SignatureError.doesNotMatch) {
            try verifier.verify(badClaim, of: bad, body: body, publicKey: publicKey)
        }
    }
}
