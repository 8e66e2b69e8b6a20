import Encoding
package import FoundationEssentials
package import Sealing
import Vocabulary

/// Finds whether a signature is what it claims to be.
///
/// The frontend asks in this order: is there a signature (`UnverifiedSignature`), is it meant for this
/// server and this time (`check`), does it match (`verify`). All but the first need no secret, so that a
/// wrong clock is told before a wrong key.
package struct SignatureVerifier: Sendable {
    private let keys: SigningKeyCache

    package init(keys: SigningKeyCache = SigningKeyCache()) {
        self.keys = keys
    }

    /// Whether the claim fits the service, the region and the time; `accepts` tells if a region is served.
    package func check(
        _ claim: UnverifiedSignature,
        service: String,
        now: Date,
        acceptsRegion: (String) -> Bool
    ) throws(SignatureError) {
        guard claim.scope.terminator == CredentialScope.terminator else {
            throw .wrongTerminator(claim.scope.terminator)
        }
        guard acceptsRegion(claim.scope.region) else { throw .wrongRegion(claim.scope.region) }
        guard claim.scope.service == service else { throw .wrongService(expected: service) }
        guard claim.scope.day == claim.time.day else {
            throw .dayMismatch(scope: claim.scope.day, time: claim.time)
        }
        let now = SigningTime(now)
        let skew = Limits.signatureSkew
        guard claim.time.seconds <= now.seconds + skew else {
            throw .notYetCurrent(signed: claim.time, now: now, allowance: skew)
        }
        let lifetime = claim.expires ?? skew
        guard claim.time.seconds >= now.seconds - lifetime else {
            throw .expired(signed: claim.time, now: now, allowance: lifetime)
        }
        // Otherwise a signature made for one installation would be good at another one.
        guard claim.signedHeaders.contains("host") || claim.signedHeaders.contains(":authority")
        else { throw .hostNotSigned }
    }

    /// The body of a request whose signature is that of an access key, freed of its chunks if it has some.
    package func verify(
        _ claim: UnverifiedSignature,
        of request: SignableRequest,
        body: [UInt8],
        secret: Secret
    ) throws(SignatureError) -> [UInt8] {
        try Self.checkTargetIsSigned(claim, request)
        let payload = try Payload(claim, body: body)
        guard let signature = try? Hex.bytes(of: claim.signature) else { throw .doesNotMatch }
        let key = keys.key(accessKeyID: claim.accessKeyID, secret: secret, scope: claim.scope)
        guard key.isValid(signature, of: Self.stringToSign(claim, request, payload)) else {
            throw .doesNotMatch
        }
        guard case .chunked(let form) = payload.form else { return body }
        let decoded = try ChunkedBody(form: form, key: key, claim: claim, request: request)
            .decode(body)
        return decoded
    }

    /// Throws unless the signature is that of a node's key pair, given as DER SubjectPublicKeyInfo.
    package func verify(
        _ claim: UnverifiedSignature,
        of request: SignableRequest,
        body: [UInt8],
        publicKey: [UInt8]
    ) throws(SignatureError) -> [UInt8] {
        try Self.checkTargetIsSigned(claim, request)
        let payload = try Payload(claim, body: body)
        if case .chunked = payload.form { throw .unsupported("payload: '\(payload.text)'") }
        let stringToSign = Self.stringToSign(claim, request, payload)
        guard NodeKeySignature.isValid(claim.signature, of: stringToSign, publicKey: publicKey)
        else { throw .doesNotMatch }
        return body
    }

    /// The target names the operation: one that is not signed would make a signature good for any.
    private static func checkTargetIsSigned(
        _ claim: UnverifiedSignature,
        _ request: SignableRequest
    ) throws(SignatureError) {
        guard request.header("x-amz-target") == nil || claim.signedHeaders.contains("x-amz-target")
        else { throw .doesNotMatch }
    }

    private static func stringToSign(
        _ claim: UnverifiedSignature,
        _ request: SignableRequest,
        _ payload: Payload
    ) -> String {
        CanonicalRequest(
            request,
            signedHeaders: claim.signedHeaders,
            payloadHash: payload.text
        ).stringToSign(at: claim.time, scope: claim.scope)
    }
}

/// What the canonical request says of the body, once it is known to be so.
struct Payload {
    enum Form: Equatable {
        case whole
        case chunked(ChunkedBody.Form)
    }

    let text: String
    let form: Form

    init(_ claim: UnverifiedSignature, body: [UInt8]) throws(SignatureError) {
        guard let stated = claim.payload else {
            self.init(text: PayloadHash.of(body), form: .whole)
            return
        }
        if let chunked = ChunkedBody.Form(rawValue: stated) {
            self.init(text: stated, form: .chunked(chunked))
        } else if stated == PayloadHash.unsigned {
            self.init(text: stated, form: .whole)
        } else if stated.utf8.count == 64 {
            guard PayloadHash.of(body) == stated.lowercased() else { throw .payloadMismatch }
            self.init(text: stated, form: .whole)
        } else {
            throw .unsupported("payload: '\(stated.prefix(64))'")
        }
    }

    private init(text: String, form: Form) {
        self.text = text
        self.form = form
    }
}
